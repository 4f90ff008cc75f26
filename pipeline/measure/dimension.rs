//! Into which parts are responses divided?

/// A dimension of the month tables. The order of the variants is that of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Dimension {
    All,
    Area,
    Channel,
    Product,
    Segment,
}

impl Dimension {
    pub(super) const EVERY: [Self; 5] = [Self::All, Self::Area, Self::Channel, Self::Product, Self::Segment];

    /// As tables hold it; all but `all` are columns of `response`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Area => "area",
            Self::Channel => "channel",
            Self::Product => "product",
            Self::Segment => "segment",
        }
    }
}

/// Bases under this are not shown in a part of the responses or for an account.
///
/// With four answers or fewer, a figure is a person.
pub(super) const MIN_SHOWN_BASE: i64 = 5;

/// Which cells of one dimension are suppressed: bases under [`MIN_SHOWN_BASE`] and, because the total less all others would give them
/// away, the next smallest (the first of equals) until two cells with [`MIN_SHOWN_BASE`] answers together are hidden.
///
/// Cells without answers are no cells.
pub(super) fn suppressed(bases: &[i64]) -> Vec<bool> {
    let mut hidden: Vec<bool> = bases.iter().map(|base| *base < MIN_SHOWN_BASE).collect();
    let small = || bases.iter().filter(|base| (1..MIN_SHOWN_BASE).contains(*base));
    let (mut n_hidden, mut n_answers) = (small().count(), small().sum::<i64>());
    while n_hidden > 0 && (n_hidden < 2 || n_answers < MIN_SHOWN_BASE) {
        let next = bases.iter().enumerate().filter(|(idx, _)| !hidden[*idx]).min_by_key(|(_, base)| **base);
        let Some((idx, base)) = next else { break };
        hidden[idx] = true;
        n_hidden += 1;
        n_answers += base;
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_small_cell_takes_the_next_smallest_with_it() {
        for (bases, expected) in [
            (&[40, 12, 3, 90][..], &[false, true, true, false][..]),
            (&[40, 4, 3, 90], &[false, true, true, false]),
            (&[40, 2, 1, 90], &[true, true, true, false]),
            (&[40, 12], &[false, false]),
            (&[4], &[true]),
            (&[9, 9, 1], &[true, false, true]),
            (&[0, 9, 9], &[true, false, false]),
        ] {
            assert_eq!(suppressed(bases), expected, "{bases:?}");
        }
    }
}

//! What is worth telling of a run, in its manifest and in its warnings?

use super::gate::rejects_over;
use super::stamps::Stamp;
use super::{BoundFile, InputRecord, Inputs, Manifest, RowCounts, RunOptions, VerbatimCounts, survey};
use crate::annotate::Tally;
use crate::source;

/// What was read, with what the readers mended and passed over.
pub(super) fn input_records(inputs: &Inputs, stamps: Vec<Stamp>, files: &[survey::FileCounts]) -> Vec<InputRecord> {
    let place = |file: &BoundFile, repair: &source::Repair| {
        let at = if repair.line > 0 { format!("line {}", repair.line) } else { format!("row {}", repair.row) };
        let column = repair.column.and_then(|column| file.binding.names.get(column));
        column.map_or_else(|| at.clone(), |column| format!("{at}, column {column}"))
    };
    let record = |((stamp, file), counts): ((Stamp, &BoundFile), &survey::FileCounts)| InputRecord {
        rows: counts.n_rows,
        repaired: counts.n_repaired,
        repaired_at: counts.repairs.iter().map(|repair| place(file, repair)).collect(),
        unknown_values: counts.n_unknown,
        ..stamp.record
    };
    stamps.into_iter().zip(&inputs.files).zip(files).map(record).collect()
}

pub(super) fn warnings(inputs: &[InputRecord], bound: &Inputs, tally: &Tally, rows: &RowCounts, options: &RunOptions) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(gate) = rejects_over(options, rows.rejected, rows.read) {
        warnings.push(gate);
    }
    for file in inputs {
        if file.repaired > 0 {
            let more = if file.repaired > file.repaired_at.len() as u64 { " …" } else { "" };
            warnings.push(format!(
                "{}: {} cells with bytes that are not UTF-8 were read as Windows-1252, at {}{more}",
                file.name,
                file.repaired,
                file.repaired_at.join("; ")
            ));
        }
        if file.unknown_values > 0 {
            warnings.push(format!(
                "{}: {} values were left out: their keys do not occur in the first thousand rows",
                file.name, file.unknown_values
            ));
        }
    }
    if rows.rejected > 0 {
        warnings.push(format!("{} rows could not be used: tables/reject says which and why", rows.rejected));
    }
    for (measure, n) in &tally.n_out_of_scale {
        let scale = bound.files.iter().flat_map(|f| &f.binding.scores).find(|s| s.measure == *measure);
        let scale = scale.map_or_else(String::new, |s| format!(" {}", s.scale_text()));
        warnings.push(format!("{n} answers to `{measure}` are not on its scale{scale} and were left out"));
    }
    for (path, why) in &bound.skipped {
        warnings.push(format!("`{}` was left out: {why}", path.display()));
    }
    warnings
}

pub(super) fn tell(manifest: &mut Manifest, inputs: &Inputs, tally: &Tally) {
    manifest.verbatims = VerbatimCounts {
        verbatims: tally.n_verbatims,
        text_bytes: tally.n_text_bytes,
        redactions: tally.n_redactions,
        entities: tally.n_entities,
        mojibake: tally.n_mojibake,
        mended_at: tally.mended.iter().map(|(file, row)| format!("{}:{row}", inputs.files[*file].shape.name)).collect(),
        clauses: tally.n_clauses,
        residual_share: (tally.n_clauses > 0).then(|| crate::schema::round6(tally.n_residual as f64 / tally.n_clauses as f64)),
    };
    manifest.hotlines = tally.n_cases.clone();
    manifest.partner_flags = [tally.n_partner_flags, tally.n_partner_flags_found];
    manifest.stage_seconds = tally.times.0.iter().map(|(stage, time)| (*stage, crate::schema::round6(time.as_secs_f64()))).collect();
}

//! Twenty people read, five decide, and a run publishes: no decision is lost and no error served.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{App, PAGES, place};
use crate::support::column;

const N_READERS: usize = 20;
const N_DECIDERS: usize = 5;
const N_NOTES: usize = 6;

#[test]
fn readers_deciders_and_a_run_at_once() {
    let place = place();
    let app = App::open(&place);
    let cases: Vec<String> = column(&place.out(), "hotline", "hotline_id");
    let (is_done, written) = (AtomicBool::new(false), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for reader in 0..N_READERS {
            let (app, is_done) = (&app, &is_done);
            scope.spawn(move || {
                let mut client = app.client();
                let mut n = 0;
                while !is_done.load(Ordering::Relaxed) || n < 3 {
                    let page = PAGES[(reader + n) % PAGES.len()];
                    let answer = client.get(page);
                    assert_eq!(answer.status, 200, "{page}: {}", answer.body);
                    n += 1;
                }
            });
        }
        let deciders: Vec<_> = (0..N_DECIDERS)
            .map(|decider| {
                let (app, cases, written) = (&app, &cases, &written);
                scope.spawn(move || {
                    let mut client = app.client();
                    for n in 0..N_NOTES {
                        let link = format!("/case/{}", cases[(decider + n) % cases.len()]);
                        let text = format!("note {n} of decider {decider}");
                        // Refused while somebody else was faster: looked at again, as a person would.
                        loop {
                            let page = client.get(&link);
                            let fields = [
                                ("csrf", page.field("csrf")),
                                ("seen", page.field("seen")),
                                ("do", "note".to_owned()),
                                ("text", text.clone()),
                            ];
                            match client.post(&link, &fields).status {
                                303 => break,
                                409 => {}
                                other => panic!("{other}"),
                            }
                        }
                        written.lock().unwrap().insert(text);
                    }
                })
            })
            .collect();
        let (place, is_done) = (&place, &is_done);
        scope.spawn(move || {
            for n in 0..2 {
                let row = format!("{}N{n},2026-10-0{},Ceres,Small,Delivery,web,3,The parcel {n} came broken\n", super::HEAD, n + 1);
                place.write("next.csv", row);
                place.run(&["next.csv"]);
            }
            for decider in deciders {
                decider.join().expect("no decision is refused for good");
            }
            is_done.store(true, Ordering::Relaxed);
        });
    });
    let store = outspoken::store::Store::open(&place.out()).unwrap();
    let kept: BTreeSet<String> = cases.iter().flat_map(|id| store.events(id).unwrap()).filter_map(|event| event.detail.text).collect();
    assert_eq!(&kept, &*written.lock().unwrap());
    assert_eq!(kept.len(), N_DECIDERS * N_NOTES);
}

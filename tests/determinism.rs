//! Same input, same bytes: whatever the threads, the batches and the memory.

use crate::support::{Place, demo_options, files, run_with};

#[test]
fn threads_batches_and_memory_leave_no_trace() {
    let place = Place::new();
    let run = |n_threads: usize, batch_rows: usize, memory_bytes: usize| {
        let out = place.path(&format!("{n_threads}-{batch_rows}-{memory_bytes}"));
        let mut options = demo_options(&out);
        (options.n_threads, options.batch_rows, options.memory_bytes) = (n_threads, batch_rows, memory_bytes);
        run_with(&options).expect("the demo runs");
        let mut found = files(&out.join("tables"));
        found.extend(files(&out.join("themes")));
        found
    };
    let reference = run(1, 8192, 512 << 20);
    assert!(reference.len() > 35, "every table has its files");
    for (n_threads, batch_rows, memory_bytes) in [(2, 7, 512 << 20), (8, 1, 512 << 20), (2, 8192, 512 << 20), (8, 7, 4096)] {
        let other = run(n_threads, batch_rows, memory_bytes);
        for (name, bytes) in &reference {
            assert!(
                other.get(name) == Some(bytes),
                "{name} differs with {n_threads} threads, batches of {batch_rows}, {memory_bytes} bytes"
            );
        }
        assert_eq!(reference.len(), other.len());
    }
}

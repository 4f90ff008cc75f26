//! The program: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A bug ends the program at once, wherever it is: a thread that unwinds leaves others at work on what it left behind.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        told(info);
        std::process::abort();
    }));
    outspoken::cli::main(std::env::args_os())
}

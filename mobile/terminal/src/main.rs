//! The wallet for a terminal.

mod approval;
mod arguments;
mod backup;
mod commands;
mod doctor;
mod failure;
mod place;
mod qr_code;
mod qr_image;
mod screen;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::screen::Screen;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(&arguments)),
        Err(error) => Err(Failure::Output(error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // The doctor's own document has said it already.
            if !(arguments.json && matches!(arguments.command, Command::Doctor)) {
                Screen::new(&arguments).failure(&failure);
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

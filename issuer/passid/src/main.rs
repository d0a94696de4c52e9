//! `passid`: the issuer's server, its operator commands, and the demo of one share from bank to institution.

mod arguments;
mod commands;
mod data_directory;
mod demo;
mod failure;
mod server;
mod settings;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&failure::Failure::Runtime(error)),
    };
    let outcome = runtime.block_on(async {
        match arguments.command {
            None => demo::run(arguments.demo).await,
            Some(command) => command.run().await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}

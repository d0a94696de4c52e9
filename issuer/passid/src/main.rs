//! `passid`: the issuer's server, its operator commands, and the demo of one share from bank to institution.

mod arguments;
mod data_directory;
mod demo;
mod failure;
mod operator;
mod serve;
mod server;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&failure::Failure::Runtime(error)),
    };
    let outcome = runtime.block_on(async {
        match arguments.command {
            None => demo::run(arguments.demo).await,
            Some(Command::Demo(options)) => demo::run(options).await,
            Some(Command::Serve(options)) => serve::run(options).await,
            Some(Command::Workspace { command }) => operator::workspace(command).await,
            Some(Command::Audit { command }) => operator::audit(command).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}

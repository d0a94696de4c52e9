//! Queries read field by field, every mistake reported.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use passid_api::problem::{FieldError, Problem, ProblemCode};

use super::ApiError;

/// Collects what is wrong with a query.
#[derive(Default)]
pub struct QueryReader(Vec<FieldError>);

impl QueryReader {
    /// A parameter read as a type that is written as text.
    pub fn parse<T: FromStr<Err: Display>>(&mut self, name: &str, text: Option<&str>) -> Option<T> {
        match text?.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(name, &error.to_string());
                None
            }
        }
    }

    /// A parameter that is a number within bounds.
    pub fn within(&mut self, name: &str, text: Option<&str>, bounds: RangeInclusive<u32>) -> Option<u32> {
        let value = text?.parse().ok().filter(|value| bounds.contains(value));
        if value.is_none() {
            self.wrong(name, &format!("Choose {} to {}.", bounds.start(), bounds.end()));
        }
        value
    }

    /// A parameter is wrong. Its pointer is its name: a query has no JSON to point into.
    pub fn wrong(&mut self, name: &str, message: &str) {
        self.0.push(FieldError { pointer: name.to_owned(), code: "invalid".to_owned(), message: message.to_owned() });
    }

    /// Nothing is wrong.
    ///
    /// # Errors
    /// `malformed_request` with every mistake.
    pub fn finish(self) -> Result<(), ApiError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut problem = Problem::new(ProblemCode::MalformedRequest, "Correct the parameters listed in errors.");
        problem.errors = self.0;
        Err(problem.into())
    }
}

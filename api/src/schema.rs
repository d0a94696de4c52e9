//! JSON Schemas of the wire types, written once beside the types: what the issuer's OpenAPI document is made of.
//!
//! Types that serde alone describes derive theirs; words, codes and identifiers, which parse their own text, say it here.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

use crate::claims::encoding::{Country, Currency};
use crate::permission::{Permission, PermissionSet, SUMMARY_ALIAS};
use crate::time::Timestamp;

/// Lines of documentation comments as one text: a line's leading blank goes, an empty line begins a paragraph.
pub fn text(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.split(|line| line.is_empty()).map(|paragraph| paragraph.join(" ")).collect::<Vec<_>>().join("\n\n")
}

/// The schema of a closed set of words.
pub fn words(documentation: &[&str], words: &[(&str, &[&str])]) -> Schema {
    let list = words.iter().map(|(word, lines)| format!("\n- `{word}`: {}", text(lines))).collect::<Vec<_>>().concat();
    let values: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    json_schema!({ "type": "string", "enum": values, "description": format!("{}\n{list}", text(documentation)) })
}

/// The schema of a text of one form.
pub fn pattern(documentation: &[&str], pattern: &str, example: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern, "description": text(documentation), "examples": [example] })
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

impl JsonSchema for PermissionSet {
    fn schema_name() -> Cow<'static, str> {
        "PermissionSet".into()
    }

    /// Answers name every permission; requests may also use the alias.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut names: Vec<&str> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
        names.push(SUMMARY_ALIAS);
        let lines = Permission::ALL.iter().map(|permission| format!("\n- `{permission}`: {}", permission.plain_name())).collect::<Vec<_>>().concat();
        let description = format!("What is asked for or disclosed.\n{lines}\n- `{SUMMARY_ALIAS}`: in requests, all of these but `full_score`");
        json_schema!({ "type": "array", "minItems": 1, "items": { "type": "string", "enum": names }, "description": description })
    }
}

macro_rules! letters {
    ($($name:ident = $pattern:literal, $example:literal, $documentation:literal;)+) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                pattern(&[$documentation], $pattern, $example)
            }
        }
    )+};
}

letters! {
    Country = "^[A-Z]{2}$", "GB", "ISO 3166-1 alpha-2, or `EU`.";
    Currency = "^[A-Z]{3}$", "GBP", "ISO 4217.";
}

//! Schemas of the wire types, collected under `#/components/schemas`.
//!
//! One type may be read in requests and written in answers. It is described as it is read, which is the narrower form: unknown
//! fields refused. A type that is only written never holds null in a field that may be left out, so the schema does not say so.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// Where schemas stand in the document.
const DEFINITIONS: &str = "/components/schemas";

/// Collects the schemas of one document.
pub(super) struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = DEFINITIONS.into();
                settings.meta_schema = None;
            })
        };
        Self { read: settings().into_generator(), written: settings().for_serialize().into_generator() }
    }

    /// For what requests carry.
    pub(super) fn read(&mut self, make: super::operation::MakeSchema) -> Value {
        value(make(&mut self.read))
    }

    /// For what answers carry.
    pub(super) fn written(&mut self, make: super::operation::MakeSchema) -> Value {
        value(make(&mut self.written))
    }

    /// Every schema referred to, by name.
    pub(super) fn finish(mut self) -> Map<String, Value> {
        let mut definitions = self.written.take_definitions(true);
        for schema in definitions.values_mut() {
            never_null(schema);
        }
        definitions.extend(self.read.take_definitions(true));
        definitions
    }
}

fn value(schema: Schema) -> Value {
    schema.to_value()
}

/// Takes `null` out of the fields that are left out instead.
fn never_null(schema: &mut Value) {
    let required: Vec<String> = strings(&schema["required"]);
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (name, property) in properties.iter_mut() {
        if !required.contains(name) && property.get("x-nullable").is_none() {
            without_null(property);
        }
        if let Some(fields) = property.as_object_mut() {
            fields.remove("x-nullable");
        }
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn without_null(property: &mut Value) {
    let Some(fields) = property.as_object_mut() else { return };
    fields.remove("default");
    if let Some(kinds) = fields.get("type").and_then(Value::as_array) {
        let rest: Vec<Value> = kinds.iter().filter(|kind| *kind != "null").cloned().collect();
        if let [kind] = rest.as_slice() {
            let kind = kind.clone();
            fields.insert("type".to_owned(), kind);
        }
    }
    if let Some(choices) = fields.get("anyOf").and_then(Value::as_array) {
        let rest: Vec<Value> = choices.iter().filter(|choice| choice["type"] != "null").cloned().collect();
        if let [Value::Object(only)] = rest.as_slice() {
            let only = only.clone();
            fields.remove("anyOf");
            fields.extend(only);
        }
    }
}

//! What the document says of one operation, written beside its handler.
//!
//! Who calls decides which refusals are possible, so an operation names its caller and the layer adds the rest: a body brings 400,
//! 413 and 415, a key 401 and 403, an idempotency key 409 and 422. Every operation can be limited (429) or fail (500).

use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use passid_api::problem::ProblemCode;

/// Makes a schema and registers what it refers to.
pub(super) type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

/// Chapters of the document, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// Redeeming tokens and reading what came of it.
    Verification,
    /// Asking one applicant.
    Sessions,
    /// What became of verified applicants.
    Outcomes,
    /// Signing in to a workspace and looking after it.
    Workspace,
    /// Receiving events.
    Webhooks,
    /// What holders make.
    Shares,
    /// The wallet's own backend.
    Wallet,
    /// What the issuer publishes.
    Issuer,
    /// The addresses of the integration guide, kept working.
    Legacy,
    /// Whether the service is up.
    Service,
}

impl Chapter {
    pub(super) const ALL: [Self; 10] = [
        Self::Verification,
        Self::Sessions,
        Self::Outcomes,
        Self::Workspace,
        Self::Webhooks,
        Self::Shares,
        Self::Wallet,
        Self::Issuer,
        Self::Legacy,
        Self::Service,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Verification => "Verification",
            Self::Sessions => "Sessions",
            Self::Outcomes => "Outcomes",
            Self::Workspace => "Workspace",
            Self::Webhooks => "Webhooks",
            Self::Shares => "Shares",
            Self::Wallet => "Wallet",
            Self::Issuer => "Issuer",
            Self::Legacy => "Integration guide",
            Self::Service => "Service",
        }
    }

    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Verification => "Redeem what an applicant shared; fetch the result, its evidence, its package.",
            Self::Sessions => "Ask one applicant for claims, by QR code, link or typed code, and wait for the answer.",
            Self::Outcomes => "Report what became of verified applicants; see how predictions held.",
            Self::Workspace => "Onboard, sign in, keys, origins, verification history.",
            Self::Webhooks => "Register addresses that receive signed events; look into and repeat deliveries.",
            Self::Shares => "One-time shares of a holder.",
            Self::Wallet => "Registration, bank links and credentials of a wallet.",
            Self::Issuer => "Keys, circuit and signed tree head: what lets anyone check a verification without trusting the server.",
            Self::Legacy => "The addresses of the integration guide. They do what the current ones do and wrap the result.",
            Self::Service => "Discovery and health.",
        }
    }
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Everybody.
    Anyone,
    /// A page or a server, with either key.
    AnyKey,
    /// A server, with its secret key.
    SecretKey,
    /// A signed-in user of a workspace.
    InstitutionUser,
    /// A signed-in wallet.
    Wallet,
}

impl Caller {
    pub(super) fn security(self) -> Value {
        match self {
            Self::Anyone => json!([]),
            Self::AnyKey => json!([{ "secretKey": [] }, { "publishableKey": [] }]),
            Self::SecretKey => json!([{ "secretKey": [] }]),
            Self::InstitutionUser => json!([{ "institutionToken": [] }]),
            Self::Wallet => json!([{ "walletToken": [] }]),
        }
    }

    const fn refusals(self) -> &'static [ProblemCode] {
        match self {
            Self::Anyone => &[],
            Self::AnyKey => &[ProblemCode::Unauthenticated, ProblemCode::LiveModeNotEnabled, ProblemCode::OriginNotAllowed],
            Self::SecretKey => &[ProblemCode::Unauthenticated, ProblemCode::LiveModeNotEnabled, ProblemCode::OriginNotAllowed, ProblemCode::WrongKeyKind],
            Self::InstitutionUser | Self::Wallet => &[ProblemCode::Unauthenticated],
        }
    }
}

/// The body a request carries.
pub(super) struct RequestBody {
    pub(super) schema: MakeSchema,
    pub(super) examples: Vec<(&'static str, Value)>,
    pub(super) required: bool,
}

/// One way in which an operation succeeds.
pub(super) struct Answer {
    pub(super) description: &'static str,
    /// Media type, schema and examples; none for an answer without a body.
    pub(super) contents: Vec<Content>,
}

/// A body in one media type.
pub(super) struct Content {
    pub(super) media_type: &'static str,
    pub(super) schema: MakeSchema,
    pub(super) examples: Vec<(&'static str, Value)>,
}

/// A parameter in the path, the query or a header.
pub(super) struct Parameter {
    pub(super) place: &'static str,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) required: bool,
    pub(super) schema: MakeSchema,
    pub(super) example: Value,
}

/// How many entries a page holds.
#[derive(Debug, JsonSchema)]
#[schemars(transparent)]
pub struct PageSize(#[schemars(range(min = 1, max = 100))] pub u32);

/// How long a poll waits.
#[derive(Debug, JsonSchema)]
#[schemars(transparent)]
pub struct WaitSeconds(#[schemars(range(min = 0, max = 25))] pub u32);

/// One operation of the document.
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) chapter: Chapter,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) caller: Caller,
    pub(super) idempotent: bool,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RequestBody>,
    pub(super) answers: BTreeMap<u16, Answer>,
    pub(super) problems: BTreeSet<ProblemCode>,
}

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn text_schema(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({ "type": "string" })
}

impl Operation {
    /// An operation of `chapter` under a name that never changes, `<verb>_<resource>`, with one line on what it does.
    pub fn new(chapter: Chapter, id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            chapter,
            summary,
            description: "",
            caller: Caller::Anyone,
            idempotent: false,
            parameters: Vec::new(),
            body: None,
            answers: BTreeMap::new(),
            problems: [ProblemCode::RateLimited, ProblemCode::Internal].into(),
        }
    }

    /// What a caller should know before calling; Markdown.
    #[must_use]
    pub fn about(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// Who may call.
    #[must_use]
    pub fn by(mut self, caller: Caller) -> Self {
        self.caller = caller;
        self.problems.extend(caller.refusals());
        self
    }

    /// The request may carry an idempotency key.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self.fails([ProblemCode::MalformedRequest, ProblemCode::IdempotencyKeyReused, ProblemCode::RequestInProgress])
    }

    /// The request's JSON body.
    #[must_use]
    pub fn takes<T: JsonSchema>(self, example: Value) -> Self {
        self.takes_one_of::<T>([("example", example)])
    }

    /// The request's JSON body, shown in several forms.
    #[must_use]
    pub fn takes_one_of<T: JsonSchema>(mut self, examples: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let examples: Vec<_> = examples.into_iter().collect();
        // An empty body stands for an empty object.
        let required = !examples.iter().any(|(_, example)| example.as_object().is_some_and(serde_json::Map::is_empty));
        self.body = Some(RequestBody { schema: schema_of::<T>, examples, required });
        self.fails([ProblemCode::MalformedRequest, ProblemCode::BodyTooLarge, ProblemCode::UnsupportedMediaType])
    }

    /// A part of the path.
    #[must_use]
    pub fn path<T: JsonSchema>(mut self, name: &'static str, description: &'static str, example: &str) -> Self {
        let example = Value::from(example);
        self.parameters.push(Parameter { place: "path", name, description, required: true, schema: schema_of::<T>, example });
        self
    }

    /// A parameter of the query, optional.
    #[must_use]
    pub fn query<T: JsonSchema>(mut self, name: &'static str, description: &'static str, example: impl Into<Value>) -> Self {
        self.parameters.push(Parameter { place: "query", name, description, required: false, schema: schema_of::<T>, example: example.into() });
        self.fails([ProblemCode::MalformedRequest])
    }

    /// A parameter of the query that must be there.
    #[must_use]
    pub fn required_query<T: JsonSchema>(self, name: &'static str, description: &'static str, example: impl Into<Value>) -> Self {
        let mut operation = self.query::<T>(name, description, example);
        if let Some(parameter) = operation.parameters.last_mut() {
            parameter.required = true;
        }
        operation
    }

    /// A header beside those that the caller and the idempotency key bring; optional.
    #[must_use]
    pub fn header(mut self, name: &'static str, description: &'static str, example: &str) -> Self {
        let example = Value::from(example);
        self.parameters.push(Parameter { place: "header", name, description, required: false, schema: text_schema, example });
        self
    }

    /// A JSON answer with its example.
    #[must_use]
    pub fn answers<T: JsonSchema>(self, status: u16, description: &'static str, example: Value) -> Self {
        self.answers_one_of::<T>(status, description, [("example", example)])
    }

    /// A JSON answer shown in several forms.
    #[must_use]
    pub fn answers_one_of<T: JsonSchema>(self, status: u16, description: &'static str, examples: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let content = Content { media_type: "application/json", schema: schema_of::<T>, examples: examples.into_iter().collect() };
        self.content(status, description, Some(content))
    }

    /// An answer that is not JSON; called again for another media type of the same status.
    #[must_use]
    pub fn answers_text(self, status: u16, description: &'static str, media_type: &'static str, example: &str) -> Self {
        let content = Content { media_type, schema: text_schema, examples: vec![("example", Value::from(example))] };
        self.content(status, description, Some(content))
    }

    /// An answer without a body.
    #[must_use]
    pub fn answers_nothing(self, status: u16, description: &'static str) -> Self {
        self.content(status, description, None)
    }

    fn content(mut self, status: u16, description: &'static str, content: Option<Content>) -> Self {
        self.answers.entry(status).or_insert_with(|| Answer { description, contents: Vec::new() }).contents.extend(content);
        self
    }

    /// Refusals beside those that the caller, the body and the idempotency key bring.
    #[must_use]
    pub fn fails(mut self, problems: impl IntoIterator<Item = ProblemCode>) -> Self {
        self.problems.extend(problems);
        self
    }
}

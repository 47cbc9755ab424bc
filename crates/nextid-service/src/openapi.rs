//! Completes the OpenAPI document that a service generates from its handlers: every error of every operation, from the
//! table of codes, and the version.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};
use std::sync::{Arc, OnceLock};

use actix_web::http::header;
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpResponse, Resource};
use flate2::read::ZlibDecoder;
use serde_json::{Value, json};
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{Components, ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::build_info::BuildInfo;
use crate::http::{ApiError, ErrorBody, ErrorCode, JSON, PROBLEM_JSON, get};

/// What any operation can answer.
const ALWAYS: &[ErrorCode] = &[ErrorCode::Internal, ErrorCode::Overloaded, ErrorCode::DatabaseUnavailable];
/// What any operation with a body can answer.
const WITH_BODY: &[ErrorCode] = &[
    ErrorCode::BadJson,
    ErrorCode::MissingField,
    ErrorCode::BadField,
    ErrorCode::TooDeep,
    ErrorCode::BodyTooLarge,
    ErrorCode::RequestTimeout,
];
/// What any operation with parameters can answer.
const WITH_PARAMETERS: &[ErrorCode] = &[ErrorCode::MissingField, ErrorCode::BadField];
/// Operations that answer without the database.
const STATIC_TAG: &str = "health";

/// The table of errors does not fit the document.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenApiError {
    /// The table has a row for an operation that is not in the document.
    #[error("there is no operation {0}")]
    NoSuchOperation(String),
    /// An operation is not in the table; it gets an empty row if it has no errors of its own.
    #[error("the operation {0} is not in the table of errors")]
    NotInTable(String),
}

/// Adds to every operation the errors that it can answer, and to the document the version of the build.
///
/// `errors` has one row for each operation: its `operationId`, and the codes of its own. What any operation can answer is
/// added: what a body or parameters can have wrong, and failures. Operations with the tag `health` get no errors but
/// those of their row. A status that the operation describes itself stays as it is.
///
/// # Errors
/// When table and document name different operations.
pub fn complete(
    mut api: OpenApi,
    build: &BuildInfo,
    errors: &[(&str, &[ErrorCode])],
) -> Result<OpenApi, OpenApiError> {
    build.version.clone_into(&mut api.info.version);
    let mut rows: BTreeMap<&str, &[ErrorCode]> = errors.iter().copied().collect();
    for item in api.paths.paths.values_mut() {
        for operation in operations(item) {
            let id = operation.operation_id.clone().unwrap_or_default();
            let own = rows.remove(id.as_str()).ok_or(OpenApiError::NotInTable(id))?;
            add_errors(operation, own);
        }
    }
    if let Some(id) = rows.keys().next() {
        return Err(OpenApiError::NoSuchOperation((*id).to_owned()));
    }
    add_schemas(api.components.get_or_insert_with(Components::new));
    Ok(api)
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch, &mut item.head]
        .into_iter()
        .filter_map(Option::as_mut)
}

fn add_errors(operation: &mut Operation, own: &[ErrorCode]) {
    let mut codes: BTreeSet<ErrorCode> = own.iter().copied().collect();
    if !operation.tags.iter().flatten().any(|tag| tag == STATIC_TAG) {
        codes.extend(ALWAYS);
    }
    if operation.request_body.is_some() {
        codes.extend(WITH_BODY);
    }
    if operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty()) {
        codes.extend(WITH_PARAMETERS);
    }
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
    for (status, codes) in by_status {
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| RefOr::T(response(&codes)));
    }
}

fn response(codes: &[ErrorCode]) -> Response {
    let description: Vec<String> =
        codes.iter().map(|code| format!("- `{code}`: {}.", code.title())).collect();
    let mut response = ResponseBuilder::new()
        .description(description.join("\n"))
        .content(media_type(JSON), content("Error", codes, plain_example))
        .content(PROBLEM_JSON, content("Problem", codes, problem_example))
        .header(
            "X-Request-Id",
            HeaderBuilder::new().schema(Some(text())).description(Some("The id of the request.")).build(),
        );
    if codes.iter().any(|code| code.retry_after().is_some()) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        let header = HeaderBuilder::new()
            .schema(Some(seconds))
            .description(Some("Seconds to wait before asking again."));
        response = response.header("Retry-After", header.build());
    }
    if codes.contains(&ErrorCode::Unauthorized) {
        let header = HeaderBuilder::new().schema(Some(text())).description(Some("`Bearer`."));
        response = response.header("WWW-Authenticate", header.build());
    }
    response.build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A media type without its parameters, as the document names it.
fn media_type(full: &str) -> &str {
    full.split(';').next().unwrap_or(full).trim()
}

fn content(schema: &str, codes: &[ErrorCode], example: fn(ErrorCode) -> Value) -> Content {
    let examples = codes.iter().map(|code| {
        (code.as_str(), ExampleBuilder::new().summary(code.title()).value(Some(example(*code))).build())
    });
    ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name(schema))))
        .examples_from_iter(examples.collect::<Vec<_>>())
        .build()
}

fn plain_example(code: ErrorCode) -> Value {
    let mut body =
        json!({"message": code.title(), "code": code, "request_id": "4be2f0c1d8f94f6ea9c3d5b7a1e08c62"});
    if let (Some(secs), Some(members)) = (code.retry_after(), body.as_object_mut()) {
        members.insert("retry_after".to_owned(), secs.into());
    }
    body
}

fn problem_example(code: ErrorCode) -> Value {
    let mut body = plain_example(code);
    if let Some(members) = body.as_object_mut() {
        members.insert("type".to_owned(), code.problem_type().into());
        members.insert("title".to_owned(), code.title().into());
        members.insert("status".to_owned(), code.status().as_u16().into());
        members.insert("detail".to_owned(), code.title().into());
    }
    body
}

fn add_schemas(components: &mut Components) {
    let mut schemas = vec![(ErrorBody::name().into_owned(), ErrorBody::schema())];
    ErrorBody::schemas(&mut schemas);
    schemas.push(("Problem".to_owned(), problem_schema()));
    for (name, schema) in schemas {
        components.schemas.entry(name).or_insert(schema);
    }
}

/// An error with the members of RFC 9457 added.
fn problem_schema() -> RefOr<utoipa::openapi::schema::Schema> {
    let status = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(400)).maximum(Some(599));
    let added = ObjectBuilder::new()
        .property("type", text().description(Some("A tag URI that names the code.")))
        .property("title", text().description(Some("What the code says, in general.")))
        .property("status", status.description(Some("The HTTP status.")))
        .property("detail", text().description(Some("The same as `message`.")))
        .property("instance", text().description(Some("The path that was asked for.")))
        .required("type")
        .required("title")
        .required("status")
        .required("detail");
    utoipa::openapi::schema::AllOfBuilder::new()
        .item(Ref::from_schema_name("Error"))
        .item(added)
        .description(Some("The problem of RFC 9457, for clients that accept `application/problem+json`."))
        .into()
}

/// A document as text, with a newline at its end.
///
/// # Errors
/// When it cannot be JSON.
pub fn write(api: &OpenApi) -> Result<String, serde_json::Error> {
    Ok(api.to_pretty_json()? + "\n")
}

/// A document as it is served: one that was [written](write()) before the program was built, and packed into it. The code that
/// describes handlers would be a twentieth of the program, and run at every start.
#[derive(Debug, Clone)]
pub struct Document {
    packed: &'static [u8],
    text: Arc<OnceLock<Bytes>>,
}

impl Document {
    /// A document in the format of zlib (RFC 1950). It is unpacked when somebody asks for it.
    pub fn packed(packed: &'static [u8]) -> Self {
        Self { packed, text: Arc::default() }
    }

    /// The document as text: what the `openapi` command prints.
    ///
    /// # Errors
    /// When it is not packed as it should be.
    pub fn text(&self) -> io::Result<Bytes> {
        if let Some(text) = self.text.get() {
            return Ok(text.clone());
        }
        let mut text = Vec::new();
        ZlibDecoder::new(self.packed).read_to_end(&mut text)?;
        Ok(self.text.get_or_init(|| text.into()).clone())
    }

    /// Serves it at `/openapi.json`.
    pub fn register(&self, cfg: &mut ServiceConfig) {
        cfg.service(self.resource());
    }

    fn resource(&self) -> Resource {
        let document = self.clone();
        web::resource("/openapi.json").route(get(move || {
            let text = document.text().map_err(ApiError::internal);
            async move {
                text.map(|text| HttpResponse::Ok().insert_header((header::CONTENT_TYPE, JSON)).body(text))
            }
        }))
    }
}

#[cfg(test)]
pub(crate) mod tests;

//! Answers of success.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::error::ApiError;

/// The media type of every JSON answer, as clients in the field get it.
pub const JSON: &str = "application/json; charset=utf-8";

/// A JSON answer: 200 unless said otherwise.
#[derive(Debug, Clone)]
pub struct Json<T> {
    status: StatusCode,
    body: T,
}

impl<T> Json<T> {
    /// 200 with this body.
    pub fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body }
    }

    /// 201 with this body.
    pub fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, body }
    }

    /// Another status with this body.
    pub fn with_status(status: StatusCode, body: T) -> Self {
        Self { status, body }
    }
}

impl<T: Serialize> Responder for Json<T> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match serde_json::to_vec(&self.body) {
            Ok(body) => {
                HttpResponse::build(self.status).insert_header((header::CONTENT_TYPE, JSON)).body(body)
            }
            Err(error) => HttpResponse::from_error(ApiError::internal(error)),
        }
    }
}

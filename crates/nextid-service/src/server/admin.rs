//! What only the operator's address answers.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::http::ApiError;
use crate::metrics::{Metrics, TEXT_FORMAT};

/// `/metrics`.
pub(super) async fn metrics(metrics: web::Data<Metrics>) -> Result<HttpResponse, ApiError> {
    let text = metrics.render().map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, TEXT_FORMAT)).body(text))
}

//! What is measured, in the text format of Prometheus. Each server has a registry of its own, so that both services can
//! run in one process.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus::{
    Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::build_info::BuildInfo;
use crate::config::Service;

/// The media type of the text format.
pub const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Seconds: a read takes well under a millisecond, a platform up to its time limit.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The metrics of one service.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    http: HttpMetrics,
}

/// Requests by route, method and status.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    total: IntCounterVec,
    seconds: HistogramVec,
}

impl Metrics {
    /// The metrics of a service, all of them labelled with its name.
    ///
    /// # Errors
    /// When a name or label is not one of Prometheus.
    pub fn new(service: Service, build: &BuildInfo) -> Result<Self, prometheus::Error> {
        let labels = [("service".to_owned(), service.name().to_owned())].into();
        let registry = Registry::new_custom(Some("nextid".to_owned()), Some(labels))?;
        let http = HttpMetrics::new()?;
        registry.register(Box::new(http.total.clone()))?;
        registry.register(Box::new(http.seconds.clone()))?;
        let info = IntGaugeVec::new(
            Opts::new("build_info", "Always 1; the build is in the labels."),
            &["version", "revision"],
        )?;
        info.with_label_values(&[build.version, build.revision]).set(1);
        registry.register(Box::new(info))?;
        Ok(Self { registry, http })
    }

    /// Where further metrics are registered; names get the prefix `nextid_`.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The metrics of the requests.
    pub fn http(&self) -> &HttpMetrics {
        &self.http
    }

    /// All metrics in the text format.
    ///
    /// # Errors
    /// When a metric is inconsistent.
    pub fn render(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

impl HttpMetrics {
    fn new() -> Result<Self, prometheus::Error> {
        let total = Opts::new("http_requests_total", "Requests answered.");
        let seconds = HistogramOpts::new(
            "http_request_duration_seconds",
            "Seconds from the head of a request to its answer.",
        )
        .buckets(BUCKETS.to_vec());
        Ok(Self {
            total: IntCounterVec::new(total, &["route", "method", "status"])?,
            seconds: HistogramVec::new(seconds, &["route", "method"])?,
        })
    }

    /// Counts one answer. `route` is a pattern, never a path: the number of series must not grow with the requests.
    pub(crate) fn observe(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let method = known(method);
        self.total.with_label_values(&[route, method, status.as_str()]).inc();
        self.seconds.with_label_values(&[route, method]).observe(took.as_secs_f64());
    }
}

/// The method's name; one name for all that are not of HTTP's own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_method_and_status() {
        let metrics = Metrics::new(Service::Kv, &BuildInfo::in_environment(None)).unwrap();
        let took = Duration::from_millis(3);
        metrics.http().observe("/v1/kv", &Method::GET, StatusCode::OK, took);
        metrics.http().observe("/v1/kv", &Method::GET, StatusCode::OK, took);
        metrics.http().observe(
            "unmatched",
            &Method::from_bytes(b"BREW").unwrap(),
            StatusCode::NOT_FOUND,
            took,
        );
        let text = String::from_utf8(metrics.render().unwrap()).unwrap();
        for line in [
            "nextid_http_requests_total{method=\"GET\",route=\"/v1/kv\",status=\"200\",service=\"kv-service\"} 2",
            "nextid_http_requests_total{method=\"other\",route=\"unmatched\",status=\"404\",service=\"kv-service\"} 1",
            "nextid_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/kv\",service=\"kv-service\",le=\"0.005\"} 2",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(text.contains("nextid_build_info{"));
    }

    #[test]
    fn two_services_measure_apart() {
        let build = BuildInfo::in_environment(None);
        let (one, other) =
            (Metrics::new(Service::Kv, &build).unwrap(), Metrics::new(Service::Proof, &build).unwrap());
        one.http().observe("/x", &Method::GET, StatusCode::OK, Duration::ZERO);
        assert!(!String::from_utf8(other.render().unwrap()).unwrap().contains("/x"));
    }
}

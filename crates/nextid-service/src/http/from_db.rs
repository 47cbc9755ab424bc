//! What a failing database looks like to a client.

use super::error::ApiError;
use super::error_code::ErrorCode;
use crate::db::DbError;

impl From<DbError> for ApiError {
    /// Failures that pass by themselves are 503 and say so; everything else is ours, and opaque.
    fn from(error: DbError) -> Self {
        let code = match &error {
            DbError::Overloaded { .. } | DbError::Busy { .. } | DbError::TimedOut { .. } => {
                ErrorCode::Overloaded
            }
            DbError::Unavailable { .. }
            | DbError::ReadOnly { .. }
            | DbError::DiskFull { .. }
            | DbError::NotWritable { .. } => ErrorCode::DatabaseUnavailable,
            _ => ErrorCode::Internal,
        };
        Self::of(code).cause(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_databases_own_words_are_not_answered() {
        let error = ApiError::from(DbError::Unavailable { cause: "host db-17.internal refused".to_owned() });
        assert_eq!(error.code(), ErrorCode::DatabaseUnavailable);
        assert!(!error.message().contains("db-17"));
        assert!(error.cause_chain().is_some_and(|chain| chain.contains("db-17")));
    }
}

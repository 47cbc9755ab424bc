//! What holds for every route: browsers, errors, the document, whole answers.

mod cors;
mod document;
mod routing;
mod whole_answers;

//! The index that a search by a part goes through: it finds what comparing every binding would find.

#[cfg(test)]
mod equal;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod support;

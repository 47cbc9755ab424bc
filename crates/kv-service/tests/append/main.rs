//! Appends that wait together are made together: each with its own outcome, and with the same rows as one by one. Reads
//! that wait together are answered together: each with its own answer.

#[cfg(test)]
mod failures;
#[cfg(test)]
mod heads;
#[cfg(test)]
mod mixed;
#[cfg(test)]
mod reads;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod support;

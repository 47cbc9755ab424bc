//! Appends that wait together are made together: each with its own outcome, and with the same rows as one by one.

#[cfg(test)]
mod failures;
#[cfg(test)]
mod heads;
#[cfg(test)]
mod mixed;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod rivals;
#[cfg(test)]
mod support;

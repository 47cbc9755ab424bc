//! With which status the command ends.

use std::process::ExitCode;

/// The exit statuses. Scripts rely on them: none changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for was done.
    Success = 0,
    /// Something else failed, such as writing a file.
    Failure = 1,
    /// The command line, or something that was typed in, makes no sense.
    Usage = 2,
    /// A service refused the request; nothing changed.
    Refused = 3,
    /// A service cannot be reached, has trouble of its own, or does not answer as one.
    Unreachable = 4,
    /// A key or its password is missing or wrong.
    Key = 5,
    /// A chain does not hold.
    Invalid = 6,
    /// There are two links for one place of a chain.
    Fork = 7,
    /// The feed that is mirrored is another one than before.
    OtherFeed = 8,
    /// A chain holds, but a proof of a binding in it does not.
    NotProved = 9,
}

impl Exit {
    /// All of them, for the help.
    const ALL: [(Self, &'static str); 10] = [
        (Self::Success, "done"),
        (Self::Failure, "something else failed, such as writing a file"),
        (Self::Usage, "the command line, or something typed in, makes no sense"),
        (Self::Refused, "a service refused the request; nothing changed"),
        (Self::Unreachable, "a service cannot be reached or has trouble of its own"),
        (Self::Key, "a key or its password is missing or wrong"),
        (Self::Invalid, "a chain does not hold"),
        (Self::Fork, "there are two links for one place of a chain"),
        (Self::OtherFeed, "the feed that is mirrored is another one than before"),
        (Self::NotProved, "the chain holds, but what should prove a binding is not there"),
    ];

    /// The part of the help that explains them.
    pub fn help() -> String {
        let lines: Vec<String> =
            Self::ALL.iter().map(|(exit, meaning)| format!("  {}  {meaning}", *exit as u8)).collect();
        format!("Exit status:\n{}", lines.join("\n"))
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statuses_are_numbered_without_gaps_and_explained() {
        for (at, (exit, _)) in Exit::ALL.iter().enumerate() {
            assert_eq!(*exit as usize, at);
        }
        assert!(Exit::help().contains("  6  a chain does not hold"));
    }
}

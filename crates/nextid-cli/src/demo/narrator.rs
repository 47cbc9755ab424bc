//! How the demo tells its story: titles, paragraphs, labelled values; for scripts one object for each step.

use serde_json::Value;

use crate::ui::{Style, Ui};

/// Columns that a paragraph is wide.
const WIDTH: usize = 96;

/// Tells the story.
pub struct Narrator<'a> {
    ui: &'a Ui,
}

impl<'a> Narrator<'a> {
    /// On this terminal.
    pub fn new(ui: &'a Ui) -> Self {
        Self { ui }
    }

    /// Where everything else is said.
    pub fn ui(&self) -> &'a Ui {
        self.ui
    }

    /// What scripts get of a step. People get the rest.
    pub fn step(&self, step: &Value) {
        if self.ui.is_json() {
            self.ui.result(step, String::new);
        }
    }

    /// Begins a part.
    pub fn title(&self, title: &str) {
        self.ui.say(&format!("\n{}", self.ui.styled(Style::Bold, title)));
    }

    /// A paragraph.
    pub fn text(&self, text: &str) {
        self.ui.say(&wrapped(text));
    }

    /// A labelled value, not broken, so that it can be copied.
    pub fn field(&self, label: &str, value: &str) {
        let label = self.ui.styled(Style::Dim, &format!("{label}:"));
        self.ui.say(&format!("  {label} {value}"));
    }

    /// A labelled text of several lines.
    pub fn block(&self, label: &str, text: &str) {
        let label = self.ui.styled(Style::Dim, &format!("{label}:"));
        let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
        self.ui.say(&format!("  {label}\n{}", lines.join("\n")));
    }

    /// Lines as they are.
    pub fn verbatim(&self, text: &str) {
        self.ui.say(text);
    }

    /// What a step proves.
    pub fn proves(&self, text: &str) {
        let label = self.ui.styled(Style::Good, "What this proves:");
        self.ui.say(&wrapped(&format!("{label} {text}")));
    }
}

/// Breaks a paragraph into lines.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_broken_between_words() {
        let text = wrapped(&"word ".repeat(60));
        assert!(text.lines().all(|line| line.len() <= WIDTH && line.starts_with("word")));
        assert_eq!(text.split_whitespace().count(), 60);
        assert_eq!(wrapped(&"x".repeat(200)).len(), 200);
    }
}

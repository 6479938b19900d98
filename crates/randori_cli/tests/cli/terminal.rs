//! The program at a pseudo terminal: what it asks, and what a person answers.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use nix::pty::openpty;

use crate::project::Ended;

/// The end of the input, as Ctrl-D gives it.
const END_OF_INPUT: &str = "\u{4}";

/// The program at a terminal, which shows its standard error; its standard
/// output goes elsewhere.
pub(crate) struct Terminal {
    child: Child,
    keyboard_and_screen: File,
    shown: Vec<u8>,
}

impl Terminal {
    pub(crate) fn start(mut command: Command) -> Self {
        let ends = openpty(None, None).expect("a pseudo terminal");
        let screen = ends.slave.try_clone().expect("a second handle");
        command.stdin(ends.slave).stderr(screen).stdout(Stdio::piped());
        let child = command.env("TERM", "dumb").spawn().expect("the program starts");
        Self { child, keyboard_and_screen: ends.master.into(), shown: Vec::new() }
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait_for(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.shown).contains(text) {
            assert!(self.read_more(), "it ended without `{text}`: {}", self.screen());
        }
    }

    /// Types something.
    pub(crate) fn write(&mut self, text: &str) {
        self.keyboard_and_screen.write_all(text.as_bytes()).expect("it listens");
    }

    pub(crate) fn press_ctrl_c(&self) {
        let status = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(status.expect("kill exists").success());
    }

    /// Ends the input, and waits for the program to end.
    pub(crate) fn end(mut self) -> Ended {
        self.write(END_OF_INPUT);
        self.wait()
    }

    /// Waits for the program to end.
    pub(crate) fn wait(mut self) -> Ended {
        let mut stdout = String::new();
        let mut pipe = self.child.stdout.take().expect("a pipe");
        std::thread::scope(|scope| {
            scope.spawn(|| pipe.read_to_string(&mut stdout).expect("text"));
            while self.read_more() {}
        });
        let status = self.child.wait().expect("it ends");
        Ended { code: status.code(), stdout, stderr: self.screen() }
    }

    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }

    /// Reads what was shown since; whether the program is still there.
    fn read_more(&mut self) -> bool {
        let mut bytes = [0; 1024];
        // On Linux, reading fails once the other end is closed.
        let count = self.keyboard_and_screen.read(&mut bytes).unwrap_or(0);
        self.shown.extend(&bytes[..count]);
        count > 0
    }
}

/// The program at a terminal, with these answers from the start.
pub(crate) fn at_terminal(command: Command, answers: &str) -> Ended {
    let mut terminal = Terminal::start(command);
    terminal.write(answers);
    terminal.end()
}

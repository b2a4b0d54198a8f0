//! Small disks of a test's own.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::NamedTempFile;

use super::run::skipped;

/// A file system over a folder, for as long as this lives.
pub(crate) struct Disk<'a> {
    folder: &'a Path,
    /// What it is kept in, if that is not the memory.
    #[expect(dead_code, reason = "it is removed with the disk")]
    image: Option<NamedTempFile>,
}

impl<'a> Disk<'a> {
    /// Mounts one of a mebibyte in memory; says so and returns none where that is
    /// not permitted.
    pub(crate) fn in_memory(folder: &'a Path) -> Option<Self> {
        let options = ["-t", "tmpfs", "-o", "size=1M", "saylog-test"];
        let disk = Self {
            folder,
            image: None,
        };
        disk.mounted(&options)
    }

    /// The same with an ext4 of four mebibytes that gives out a kibibyte at a time.
    pub(crate) fn of_small_blocks(folder: &'a Path) -> Option<Self> {
        let image = NamedTempFile::new().expect("a file");
        image.as_file().set_len(4 << 20).expect("room");
        let made = Command::new("mkfs.ext4")
            .args(["-q", "-b", "1024", "-m", "0"])
            .arg(image.path())
            .stderr(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            skipped("a full disk with small blocks", "mkfs.ext4");
            return None;
        }
        let path = image.path().to_owned();
        let disk = Self {
            folder,
            image: Some(image),
        };
        disk.mounted(&["-o", "loop", path.to_str().expect("UTF-8")])
    }

    fn mounted(self, options: &[&str]) -> Option<Self> {
        if mount(options, self.folder) {
            return Some(self);
        }
        skipped("a full disk", "the right to mount one");
        None
    }

    /// Fills it completely.
    pub(crate) fn fill(&self) {
        let mut filler = File::create(self.folder.join("filler")).expect("a name fits");
        for piece in [4096, 512] {
            while filler
                .write(&[0; 4096][..piece])
                .is_ok_and(|written| written > 0)
            {}
        }
        // Some give room away only when it is really written.
        let _ = filler.sync_all();
    }

    /// Fills it so that this many bytes are left.
    pub(crate) fn fill_but(&self, bytes: u64) {
        self.fill();
        let filler = File::options().write(true).open(self.folder.join("filler"));
        let filler = filler.expect("it is filled");
        let length = filler.metadata().expect("a length").len();
        filler.set_len(length - bytes).expect("it is cut");
    }

    /// Makes room again.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.folder.join("filler")).expect("it was filled");
    }

    /// Makes one in memory large.
    pub(crate) fn grow(&self) {
        assert!(mount(&["-o", "remount,size=64M"], self.folder));
    }

    pub(crate) fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], self.folder));
    }

    pub(crate) fn make_writable(&self) {
        assert!(mount(&["-o", "remount,rw"], self.folder));
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(arguments).arg(folder);
    command.stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

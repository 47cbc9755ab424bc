//! A small disk of the run's own, which can be filled.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::Failure;

/// What takes the room.
const BALLAST: &str = "ballast";

/// The directory of a run's database: a file system of its own where one can be mounted, which only root can.
#[derive(Debug)]
pub struct Disk {
    directory: TempDir,
    is_mounted: bool,
}

impl Disk {
    /// A file system in memory of so many MiB, or else an ordinary directory.
    ///
    /// # Errors
    /// When no directory can be made.
    pub fn new(mebibytes: u32) -> Result<Self, Failure> {
        // In /tmp whatever TMPDIR says: the path of a socket may have 107 bytes.
        let directory = tempfile::Builder::new().prefix("nextid-chaos-").tempdir_in("/tmp")?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=0755"), "tmpfs"])
            .arg(directory.path())
            .stderr(std::process::Stdio::null())
            .status();
        let is_mounted = mounted.is_ok_and(|status| status.success());
        // The database server may be another user.
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755))?;
        Ok(Self { directory, is_mounted })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Whether it can be filled without hurting anybody else.
    pub fn can_be_filled(&self) -> bool {
        self.is_mounted
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        if !self.is_mounted {
            return;
        }
        let Ok(mut file) = File::create(self.ballast()) else { return };
        let block = vec![0_u8; 64 * 1024];
        // Ends with the last block that does not fit; then smaller ones, to the last page.
        while file.write_all(&block).is_ok() {}
        while file.write_all(&[0; 512]).is_ok() {}
    }

    /// Gives the room back.
    pub fn free(&self) {
        // It may not be there.
        let _ = std::fs::remove_file(self.ballast());
    }

    fn ballast(&self) -> PathBuf {
        self.directory.path().join(BALLAST)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            // Lazily: somebody may still be in it for a moment.
            let _ = Command::new("umount").arg("--lazy").arg(self.directory.path()).status();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fills_and_empties() {
        let disk = Disk::new(1).unwrap();
        let path = disk.path().join("file");
        if disk.can_be_filled() {
            disk.fill();
            let written = File::create(&path).and_then(|mut file| file.write_all(&[1; 8192]));
            assert!(written.is_err());
            disk.free();
        }
        File::create(&path).unwrap().write_all(&[1; 8192]).unwrap();
        let path = disk.path().to_owned();
        drop(disk);
        assert!(!path.exists());
    }
}

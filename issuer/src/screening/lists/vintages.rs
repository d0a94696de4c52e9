//! Real editions against each other. With `PASSID_SANCTIONS_DIR` naming a directory with `ofac` and `eu`; says so and passes when it is not set.

use std::path::{Path, PathBuf};

use super::changes::Changes;
use super::{FoundList, read};
use crate::screening::matching::benchmark::directory;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let path: PathBuf = file.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

fn list(directory: &Path, name: &str) -> FoundList {
    read(directory).unwrap().into_iter().find(|list| list.version.name == name).unwrap()
}

/// The numbers were counted from the files by another program.
#[test]
fn what_ofac_changed_between_2018_2021_and_2024_is_told() {
    let Some(directory) = directory() else { return };
    let ofac = directory.join("ofac");
    let editions = [list(&ofac.join("2018"), "OFAC SDN"), list(&ofac.join("2021"), "OFAC SDN"), list(&directory, "OFAC SDN")];
    assert_eq!(editions.each_ref().map(|list| list.entries.len()), [7_379, 8_976, 15_402]);
    for (from, to, added, removed, both) in [(0, 1, 1_858, 261, 7_118), (1, 2, 7_309, 883, 8_093), (0, 2, 9_137, 1_114, 6_265)] {
        let changes = Changes::between(&editions[from].entries, &editions[to].entries);
        println!("edition {from} to {to}: {} added, {} changed, {} removed", changes.added.len(), changes.changed.len(), changes.removed.len());
        assert_eq!((changes.added.len(), changes.removed.len()), (added, removed));
        assert!(!changes.changed.is_empty() && changes.changed.len() < both / 5, "most entries stay as they are");
        assert!(Changes::between(&editions[to].entries, &editions[to].entries).is_empty());
    }
}

#[test]
fn the_amending_acts_of_the_union_change_what_they_name() {
    let Some(directory) = directory() else { return };
    let journal = directory.join("eu/official_journal");
    let here = tempfile::tempdir().unwrap();
    copy(&journal.join("consolidated"), &here.path().join("consolidated"));
    let before = list(here.path(), "EU Official Journal");
    copy(&journal.join("amendments"), &here.path().join("amendments"));
    let after = list(here.path(), "EU Official Journal");
    let changes = Changes::between(&before.entries, &after.entries);
    println!("{} entries; {} added, {} changed, {} removed", after.entries.len(), changes.added.len(), changes.changed.len(), changes.removed.len());
    assert!(changes.removed.is_empty(), "an amending act that only lists removes nobody");
    assert!(changes.added.iter().any(|entry| entry.name == "Chen ZHI" && entry.entry == "32020R1998 I.A 147"));
    assert_eq!(after.entries.len(), before.entries.len() + changes.added.len());
    assert!(changes.added.len() > 300, "11 acts with 417 rows");
}

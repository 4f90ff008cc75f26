//! Which files an input names.

use outspoken::Error;
use outspoken::source;

#[test]
fn files_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs_err::create_dir_all(root.join("inbox/july")).unwrap();
    for (name, bytes) in [
        ("inbox/b.csv", "id,text\n1,a\n".as_bytes()),
        ("inbox/july/a.csv", b"id,text\n1,a\n"),
        ("inbox/notes.md", b"# notes"),
        ("inbox/.hidden.csv", b"id"),
        ("inbox/empty.csv", b""),
        ("inbox/image.png", b"\x89PNG"),
        ("inbox/labels.json", b"[\"a\", \"b\"]"),
        ("inbox/archive.zip", b"PK\x03\x04"),
        ("survey_1.csv", b"id,text\n1,a\n"),
    ] {
        fs_err::write(root.join(name), bytes).unwrap();
    }
    let at = |name: &str| root.join(name).display().to_string();
    let names = |inputs: &[String]| source::list(inputs).unwrap().files.into_iter().map(|file| file.name).collect::<Vec<_>>();
    assert_eq!(names(&[at("inbox")]), ["b.csv", "july/a.csv"]);
    assert_eq!(names(&[at("inbox/july/a.csv"), at("inbox")]), ["a.csv", "b.csv"]);
    assert_eq!(names(&[at("inbox/**/*.csv")]), [".hidden.csv", "b.csv", "empty.csv", "july/a.csv"]);
    assert_eq!(names(&[at("inbox/notes.md")]), ["notes.md"]);
    let skipped: Vec<String> = source::list(&[at("inbox")])
        .unwrap()
        .skipped
        .into_iter()
        .map(|(path, why)| format!("{}: {why}", path.file_name().unwrap().to_string_lossy()))
        .collect();
    assert_eq!(
        skipped,
        [
            ".hidden.csv: hidden",
            "archive.zip: a zip archive: unpack it",
            "empty.csv: empty",
            "image.png: extension .png: name the file itself to read it",
            "labels.json: a JSON array without objects",
            "notes.md: extension .md: name the file itself to read it",
        ]
    );
    for (input, hint) in [
        ("survey_2.csv", "did you mean"),
        ("nowhere/x.csv", "there is no directory"),
        ("nothing*.csv", "matches no file"),
        ("unlike-anything", "holds inbox, survey_1.csv"),
    ] {
        let error = source::list(&[at(input)]).unwrap_err();
        assert!(matches!(error, Error::InputNotFound { .. }) && error.hint().unwrap().contains(hint), "{input}: {:?}", error.hint());
    }
}

//! JSON Lines and arrays.

use outspoken::source;

use super::{check, file, read};

#[test]
fn json() {
    let rows = [
        "id|user.name|user.age|text|tags",
        "1:1 1|Ann|30|a|~",
        "2:2 2|~|~|b \u{1f600}|[\"x\",1]",
        "3:3! invalid_json this is not JSON, at column 11 of its line 1",
        "4:5 4|~|~|~|~",
        "mended 0 unknown 1",
    ];
    let text = b"{\"id\": 1, \"user\": {\"name\": \"Ann\", \"age\": 30}, \"text\": \"a\"}\n{\"id\": 2, \"text\": \"b \\ud83d\\ude00\", \"tags\": [\"x\", 1]}\n{\"id\": 3, nope}\n\n{\"id\":4,\"text\":null}\n";
    let late = |n: usize| [text.as_slice(), "{\"id\":5}\n".repeat(n).as_bytes(), b"{\"id\":6,\"new\":1}\n"].concat();
    let folder = tempfile::tempdir().unwrap();
    let shape = source::inspect(&file(folder.path(), "a.jsonl", &late(1000))).unwrap();
    let read_lines = read(&shape, 1000);
    let first: Vec<&str> = read_lines.lines().take(5).chain(read_lines.lines().last()).collect();
    assert_eq!(first, rows);

    check(
        "array.json",
        b"[\n  {\"a\": 1, \"b\": \"x]\\\"}\"},\n  {\"a\": 2.5, \"b\": true}, 7,\n {\"a\": null}\n]\n",
        "",
        &["a|b", "1:2 1|x]\"}", "2:3 2.5|true", "3:3! invalid_json found no whole object", "4:4 ~|~"],
    );
    check("pretty.json", b"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", "", &["a", "1:1 1", "2:4 2"]);
    check("cut.json", b"[{\"a\": 1}, {\"a\": 2", "", &["a", "1:1 1", "2:1! invalid_json found no whole object"]);
    check(
        "half.jsonl",
        b"{\"a\": \"cut \\ud83d\"}\n{\"a\": \"ok \\\\ud83d\"}\n",
        "",
        &["a", "1:1 cut \u{fffd}", "2:2 ok \\ud83d", "mended 1 unknown 0"],
    );
    check("dots.jsonl", b"{\"a.b\": \"x\", \"a\": {\"c\": 1}}\n", "", &["a.b|a.c", "1:1 x|1"]);
    check("order.jsonl", b"{\"z\": 1, \"a\": 2}\n{\"a\": 3, \"m\": 4}\n", "", &["z|a|m", "1:1 1|2|~", "2:2 ~|3|4"]);
}

//! Delimited text: delimiters, headers, quotes, rows that do not fit, encodings.

use outspoken::source;

use super::{check, file};

#[test]
fn delimited_text() {
    check("a.csv", b"id,text\n1,hello\n2,\"a, b\"\n", "", &["id|text", "1:2 1|hello", "2:3 2|a, b"]);
    check("crlf.csv", b"id,text\r\n1,\"two\nlines\"\r\n\r\n2,x\r\n", "", &["id|text", "1:2 1|two␊lines", "2:5 2|x"]);
    check("mixed.csv", b"id,text\n1,a\r\n2,b\n3,c", "", &["id|text", "1:2 1|a", "2:3 2|b", "3:4 3|c"]);
    check("cr.csv", b"id,text\r1,a\r2,b\r", "lines end with CR", &["id|text", "1:2 1|a", "2:3 2|b"]);
    check("bom.csv", b"\xef\xbb\xbfid,text\n1,a\n", "", &["id|text", "1:2 1|a"]);
    check(
        "quotes.csv",
        b"id,text\n1,\"say \"\"hi\"\"\"\n2,the 5\" disc\n3,\"\"\n",
        "",
        &["id|text", "1:2 1|say \"hi\"", "2:3 2|the 5\" disc", "3:4 3|~"],
    );
    check("semicolon.csv", b"id;score;text\n1;4,5;a\n2;3,5;b, c\n", "delimiter ;", &["id|score|text", "1:2 1|4,5|a", "2:3 2|3,5|b, c"]);
    check("pipe.txt", b"id|text\n1|a\n2|b\n", "delimiter |", &["id|text", "1:2 1|a", "2:3 2|b"]);
    check("tab.tsv", b"id\ttext\n1\ta, b\n2\tc, d\n", "delimiter tab", &["id|text", "1:2 1|a, b", "2:3 2|c, d"]);
    check("sep.csv", b"sep=;\nid;text\n1;a\n", "delimiter ;; 1 line before the header", &["id|text", "1:3 1|a"]);
    check("header_only.csv", b"id,comment\n", "", &["id|comment"]);
    check("one_column.txt", b"comment\nvery good, really\nbad\n", "", &["comment", "1:2 very good, really", "2:3 bad"]);
    check("no_name.csv", b",text,text\n0,a,b\n1,c,d\n", "", &["column_1|text|text_2", "1:2 0|a|b", "2:3 1|c|d"]);
}

#[test]
fn lines_before_the_header_are_passed_over() {
    check("export.csv", b"Survey export\nJuly 2026\nid,text\n1,a\n2,b\n", "2 lines before the header", &["id|text", "1:4 1|a", "2:5 2|b"]);
    check(
        "padded.csv",
        b"Survey export,,\nid,score,text\n1,5,a\n2,4,b\n",
        "1 line before the header",
        &["id|score|text", "1:3 1|5|a", "2:4 2|4|b"],
    );
}

#[test]
fn headers_of_exports() {
    let note = "2 lines of further headers";
    check("survey.csv", b"ResponseId,Q1\nResponse ID,\"How, in short?\"\n\"{\"\"ImportId\"\":\"\"_id\"\"}\",\"{\"\"ImportId\"\":\"\"Q1\"\"}\"\nR_1,Well\nR_2,Badly\n", note, &[
        "ResponseId|Q1",
        "1:4 R_1|Well",
        "2:5 R_2|Badly",
    ]);
    check("ends.csv", b"id,score,text\n1,5,a,\n2,4,b,\n3,1,c,\n", "", &["id|score|text", "1:2 1|5|a", "2:3 2|4|b", "3:4 3|1|c"]);
    check("row_names.csv", b"score,text\n1,5,a\n2,4,b\n3,1,c\n", "", &["column_1|score|text", "1:2 1|5|a", "2:3 2|4|b", "3:4 3|1|c"]);
}

#[test]
fn a_column_is_found_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let shape = source::inspect(&file(folder.path(), "a.csv", b"Response ID,Comment,comment\n1,a,b\n")).unwrap();
    for (name, place) in [("Response ID", Some(0)), (" response id ", Some(0)), ("comment", Some(2)), ("COMMENT", None), ("verbatim", None)]
    {
        assert_eq!(shape.column(name).ok(), place, "{name}");
    }
    assert!(shape.column("Coment").unwrap_err().hint().unwrap().contains("Comment"));
}

#[test]
fn a_file_without_header_gets_column_names() {
    let note = "delimiter tab; no header: columns are named column_1, column_2, …";
    check("labelled.txt", b"Great phone.\t1\nBad, bad.\t0\n", note, &["column_1|column_2", "1:1 Great phone.|1", "2:2 Bad, bad.|0"]);
}

#[test]
fn unbalanced_quotes() {
    let note = "delimiter tab; quotes are text: they do not balance; no header: columns are named column_1, column_2, …";
    check(
        "truth.txt",
        b"1\t2.5\t\"great\" she said\n2\t1.5\t\"never\n3\t0.5\tok\n",
        note,
        &["column_1|column_2|column_3", "1:1 1|2.5|\"great\" she said", "2:2 2|1.5|\"never", "3:3 3|0.5|ok"],
    );
    check(
        "open.csv",
        b"id,text\n1,\"a, b\"\n2,\"never closed\n3,c\n4,d\n",
        "",
        &["id|text", "1:2 1|a, b", "2:3! unbalanced_quote a quoted field does not end where its row does", "3:4 3|c", "4:5 4|d"],
    );
    check(
        "later.csv",
        b"id,text\n1,\"never closed\n2,\"fine, yes\"\n3,\"c, d\"\n",
        "",
        &["id|text", "1:2! unbalanced_quote a quoted field does not end where its row does", "2:3 2|fine, yes", "3:4 3|c, d"],
    );
}

#[test]
fn rarer_ways_to_quote() {
    let note = "quotes are escaped by a backslash";
    check(
        "spark.csv",
        b"id,text,score\n1,\"said \\\"no, never\\\" to me\",5\n2,\"a\\b\",4\n3,\"x, y\",1\n",
        note,
        &["id|text|score", "1:2 1|said \"no, never\" to me|5", "2:3 2|a\\b|4", "3:4 3|x, y|1"],
    );
    check(
        "spaced.csv",
        b"\"id\", \"text\", \"score\"\n1, \"no, never\", 5\n2, \"yes, always\", 4\n",
        "",
        &["id|text|score", "1:2 1|no, never| 5", "2:3 2|yes, always| 4"],
    );
}

#[test]
fn rows_that_do_not_fit() {
    check(
        "fields.csv",
        b"id,score,text\n1,5,a\n2,4\n3,3,b,c\n4,2,d,\n",
        "",
        &[
            "id|score|text",
            "1:2 1|5|a",
            "2:3! too_few_fields found 2 fields, header has 3",
            "3:4! too_many_fields found 4 fields, header has 3",
            "4:5 4|2|d",
        ],
    );
    let note = "2 of the first 4 rows are short: their last cells are taken as empty";
    check(
        "short.csv",
        b"id,score,text\n1,5,a\n2,4\n3\n4,2,d\n",
        note,
        &["id|score|text", "1:2 1|5|a", "2:3 2|4|~", "3:4 3|~|~", "4:5 4|2|d"],
    );
}

#[test]
fn encodings() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let expected = ["id|text", "1:2 1|café – naïve"];
    check("le.csv", &utf16("\u{feff}id,text\r\n1,café – naïve\r\n", u16::to_le_bytes), "UTF-16 LE", &expected);
    check("be.csv", &utf16("\u{feff}id,text\r\n1,café – naïve\r\n", u16::to_be_bytes), "UTF-16 BE", &expected);
    check("1252.csv", b"id,text\n1,caf\xe9 \x96 na\xefve\n", "Windows-1252", &expected);
    check(
        "stray.csv",
        "id,text\n1,é à ü\n".bytes().chain(*b"2,caf\xe9 \xe9t\xe9\n3,x\n").collect::<Vec<u8>>().as_slice(),
        "",
        &["id|text", "1:2 1|é à ü", "2:3 2|café été", "3:4 3|x", "mended 1 unknown 0"],
    );
}

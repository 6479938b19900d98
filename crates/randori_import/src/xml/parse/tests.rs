use super::*;

fn read(text: &str) -> Result<Parsed, Box<Malformed>> {
    parse(text, Bounds { depth: 256, elements: 1000 })
}

/// The elements with their attributes, as far as a test needs them.
fn shown(text: &str) -> String {
    let parsed = read(text).unwrap_or_else(|error| panic!("{text}: {}", error.reason));
    let elements = parsed.elements.iter().map(|element| {
        let attributes: Vec<String> = element
            .attributes
            .iter()
            .map(|attribute| format!(" {}={}", attribute.name, attribute.value))
            .collect();
        let above = "-".repeat(element.depth - 1);
        format!("{above}{}{}[{}]", element.tag, attributes.concat(), element.text)
    });
    elements.collect::<Vec<String>>().join(" ")
}

fn refused(text: &str) -> (usize, String) {
    let error = read(text).expect_err(text);
    (error.at.start, error.reason)
}

#[test]
fn what_other_readers_take_is_taken() {
    let plain = "a x=1[] -b[hi]";
    for text in [
        "<a x=\"1\"><b>hi</b></a>",
        "\n  <?xml version=\"1.0\"?>\n<a x='1'><b> hi\n</b></a >",
        "\u{feff}<!-- first --><?xml version=\"1.0\"?><a x=\"1\"><b>hi</b></a>",
        "<?xml version=\"1.0\"?><?xml version=\"1.0\"?><a x=\"1\"><b>hi</b></a>",
        "<a x = \"1\"><!-- a -- b ---><b>h<!-- <c> -->i</b></a>",
        "<!DOCTYPE a SYSTEM \"a.dtd\"><a x=\"1\"><b><![CDATA[hi]]></b></a>",
        "<!DOCTYPE a [<!ENTITY b \"]>\">]><a x=\"1\"><b>hi</b></a>",
        "<a x=\"1\"><b>hi</b></a>\0\0",
        "<a x=\"1\"><b>hi</b></a>\0 garbage <",
        "<a x=\"1\"><b>hi</b></a></a>",
        "<a x=\"1\"><b>hi</b></a><c><d/>",
        "junk <a x=\"1\"><?hint?><b>hi</b></a> junk",
        "< a x=\"1\"><b>hi</b></a y=\"2\">",
    ] {
        assert_eq!(shown(text), plain, "{text:?}");
    }
}

#[test]
fn prefixes_are_part_of_names_and_need_no_declaration() {
    assert_eq!(
        shown("<r><drake:joint drake:effort=\"1\"/><joint a=\"1\"b=\"2\"/></r>"),
        "r[] -drake:joint drake:effort=1[] -joint a=1 b=2[]"
    );
}

#[test]
fn only_characters_expand() {
    assert_eq!(
        shown("<a b=\"&lt;&amp;&#65;&#x42; R&D &#0; &nope; < >\" c='&quot;\r\n\t'/>"),
        "a b=<&AB R&D &#0; &nope; < > c=\"  []"
    );
    let entities = "<!DOCTYPE a [<!ENTITY b \"c\">]><a b=\"&b;\"/>";
    let parsed = read(entities).expect("well-formed");
    assert_eq!(parsed.unexpanded.map(|range| &entities[range]), Some("&b;"));
}

#[test]
fn what_stands_outside_of_the_root_is_noticed() {
    let outside =
        |text: &str| read(text).expect("well-formed").outside.map(|range| text[range].to_owned());

    assert_eq!(outside("<a/>\n<!-- b -->\0"), None);
    assert_eq!(outside("<a/>\n<b/>\nmore").as_deref(), Some("<b/>"));
    assert_eq!(outside("\n text\n<a/>").as_deref(), Some("text"));
    assert_eq!(outside("<a/></a>").as_deref(), Some("</a>"));
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let table = [
        ("", 0, "it has no element"),
        ("<a><b></a>", 6, "`</a>` instead of `</b>`"),
        ("<a>\n<b>\n", 7, "`<b>` is not closed"),
        ("<a b=1/>", 3, "the value of `b` is not in quotes"),
        ("<a b/>", 3, "`b` has no value"),
        ("<a b=\"1\" b=\"2\"/>", 9, "`b` is written twice"),
        ("<a b=\"1/>", 3, "the value of `b` has no closing quote"),
        ("<a b=\"1/><c d=\"2\"/></a>", 3, "the value of `b` has no closing quote"),
        ("<a 1b=\"2\"/>", 3, "`1` cannot start an attribute"),
        ("<a b=\"2\" / ></a>", 9, "`/` cannot start an attribute"),
        ("<a b=\"2\" <c/></a>", 9, "the tag `<a` is not closed"),
        ("<a", 0, "the tag `<a` is not closed"),
        ("<a>1 < 2</a>", 5, "no element name follows the `<`"),
        ("<a><!-- b </a>", 3, "this comment is not closed"),
        ("<?xml version=\"1.0\"><a/>", 0, "this declaration is not closed"),
        ("</a>", 0, "`</a>` has no start tag"),
        ("<!DOCTYPE a [<a/>", 0, "this document type declaration is not closed"),
    ];
    for (text, place, reason) in table {
        assert_eq!(refused(text), (place, reason.to_owned()), "{text:?}");
    }
}

#[test]
fn depth_and_number_of_elements_are_bounded() {
    assert_eq!(refused(&"<a>".repeat(300)).1, "elements are nested more than 256 deep");
    assert_eq!(
        refused(&format!("<a>{}</a>", "<b/>".repeat(2000))).1,
        "there are more than 1000 elements"
    );
}

/// A list of attributes as long as a file may be must not take time that grows
/// with its square.
#[test]
fn many_attributes_take_little_time() {
    let attributes: Vec<String> = (0..200_000).map(|number| format!("b{number}=\"\"")).collect();

    let parsed = read(&format!("<a {}/>", attributes.join(" "))).expect("well-formed");

    assert_eq!(parsed.elements[0].attributes.len(), 200_000);
}

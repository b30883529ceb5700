import TestSupport
import Testing

@testable import AWSClient

@Suite struct XMLReaderTests {
    private func parse(_ text: String) throws -> XMLElement { try XMLElement.parse(Array(text.utf8)) }

    static let document = """
        \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment <with> & things -->
        <GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/" a:b='>"'>
          <GetRoleResult>
            <Role><Path>/a &amp; b/</Path><x:Arn>arn:aws:iam::1:role/&#x1F511;&#228;</x:Arn><Empty/><Tags></Tags>
              <Doc><![CDATA[{"a": "<b> & ]] >"}]]>tail</Doc>
            </Role>
          </GetRoleResult>
          <?pi x?>
        </GetRoleResponse>

        """

    @Test func readsElementsTextEntitiesAndCDATA() throws {
        let root = try parse(Self.document)
        #expect(root.name == "GetRoleResponse")
        #expect(root.text.isEmpty)
        #expect(root.text(at: "GetRoleResult", "Role", "Path") == "/a & b/")
        #expect(root.text(at: "GetRoleResult", "Role", "Arn") == "arn:aws:iam::1:role/🔑ä")
        #expect(root.text(at: "GetRoleResult", "Role", "Doc") == "{\"a\": \"<b> & ]] >\"}tail")
        #expect(root.text(at: "GetRoleResult", "Role", "Empty") == "")
        #expect(root.at("GetRoleResult", "Role", "Tags") == XMLElement(name: "Tags"))
        #expect(root.text(at: "GetRoleResult", "Nope", "Arn") == nil)
        #expect(root.at("GetRoleResult", "Role")?.children.count == 5)
    }

    @Test func listsKeepTheirOrder() throws {
        let list = try parse("<L><member>1</member><other/><member>2</member></L>").all("member").map(\.text)
        #expect(list == ["1", "2"])
    }

    @Test func whiteSpaceInLeavesAndLineEndsAreKeptAsXMLSays() throws {
        #expect(try parse("<a> b\r\nc\rd\n</a>").text == " b\nc\nd\n")
        #expect(try parse("<a>x&#13;&#10;y</a>").text == "x\r\ny")
        #expect(try parse("<a>mixed <b/> text</a>").text == "mixed  text")
    }

    @Test(arguments: [
        "", " ", "x", "<", "<a", "<a>", "<a/><b/>", "<a></b>", "</a>", "<a></a", "<a b></a>", "<a b=c/>", "<a b='<'/>",
        "<a b='1'c='2'/>", "<a>&nbsp;</a>", "<a>&amp</a>", "<a>&</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#;</a>", "<a>&#x;</a>", "<a>&#+65;</a>", "<a>&#99999999999999;</a>", "<a>\u{1}</a>", "<a>]]></a>", "<a/>x",
        "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<![CDATA[x]]>", "<a><![CDATA[x]]</a>",
        "<a><!-- x</a>",
        "<a><?x</a>", "<1a/>", "<:a/>", "<a:/>", "<a/ >", "<a:1/>", "<a:-b/>", "<a><!ELEMENT x></a>", "<a>&lt</a>;",
        "< a/>",
    ])
    func refusesWhatIsNotWellFormed(_ text: String) {
        #expect(throws: XMLError.self) { try parse(text) }
    }

    @Test func refusesBytesThatAreNotUTF8() {
        let error = #expect(throws: XMLError.self) {
            try XMLElement.parse(Array("<a>".utf8) + [0xC3, 0x28] + Array("</a>".utf8))
        }
        #expect(error == XMLError(offset: 3, reason: "not UTF-8"))
        #expect(throws: XMLError.self) { try XMLElement.parse([0xFF, 0xFE, 0x3C, 0x00]) }
    }

    @Test func depthIsBoundedWithoutRecursion() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        _ = try parse(nested(128))
        let error = #expect(throws: XMLError.self) { try parse(nested(129)) }
        #expect(error?.reason == "more than 128 levels of elements")
        #expect(throws: XMLError.self) { try parse(String(repeating: "<a>", count: 1_000_000)) }
    }

    @Test func sizeAndCountAreBounded() {
        let limits = XMLLimits(bytes: 100, depth: 10, elements: 5)
        #expect(throws: XMLError.self) { try XMLElement.parse([UInt8](repeating: 0x20, count: 101), limits: limits) }
        let error = #expect(throws: XMLError.self) {
            try XMLElement.parse(Array("<a><b/><b/><b/><b/><b/></a>".utf8), limits: limits)
        }
        #expect(error?.reason == "more than 5 elements")
    }

    @Test func everyTruncationIsAnError() throws {
        let bytes = Array(Self.document.utf8)
        let end = try #require(Self.document.utf8.lastIndex(of: UInt8(ascii: ">")))
        let whole = Self.document.utf8.distance(from: Self.document.utf8.startIndex, to: end)
        for count in 0...whole {
            #expect(throws: XMLError.self) { try XMLElement.parse(Array(bytes[..<count])) }
        }
    }

    @Test func randomBytesAndMutationsNeverTrap() {
        var generator = SeededRandom(seed: 42)
        let seed = Array(Self.document.utf8)
        let alphabet = Array("<>/!?-[]CDATA&;#x='\" ab:\u{1}\r\n".utf8) + [0xC3, 0xA4, 0xFF]
        var read = 0
        for round in 0..<20_000 {
            var bytes = seed
            if round % 2 == 0 {
                bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                }
            } else {
                for _ in 0..<Int.random(in: 1..<4, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                }
            }
            if (try? XMLElement.parse(bytes)) != nil { read += 1 }
        }
        #expect(read > 0)
    }

    @Test func whatIsWrittenReadsBack() throws {
        var generator = SeededRandom(seed: 7)
        for _ in 0..<500 {
            let element = randomElement(depth: 0, using: &generator)
            #expect(try parse(written(element)) == element)
            #expect(try parse(element.document(namespace: "urn:x")) == element)
        }
    }

    private func randomElement(depth: Int, using generator: inout SeededRandom) -> XMLElement {
        let count = depth < 4 ? Int.random(in: 0..<4, using: &generator) : 0
        let children = (0..<count).map { _ in randomElement(depth: depth + 1, using: &generator) }
        let texts = ["", "a", "<&>\"'", "ä🔑", "x]]y", "\r\n\t z "]
        let text = children.isEmpty ? texts[Int.random(in: 0..<texts.count, using: &generator)] : ""
        return XMLElement(
            name: ["A", "b-1", "ü", "C.d_e"][Int.random(in: 0..<4, using: &generator)],
            text: text,
            children: children
        )
    }

    private func written(_ element: XMLElement) -> String {
        let escapes: [Character: String] = [
            "<": "&lt;", "&": "&amp;", ">": "&gt;", "\"": "&quot;", "'": "&#39;", "\r\n": "&#xD;&#xa;",
        ]
        let text = element.text.map { escapes[$0] ?? String($0) }.joined()
        return
            "<\(element.name) x='1'>\(text)\(element.children.map(written).joined(separator: "\n"))</\(element.name)>"
    }
}

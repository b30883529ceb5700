import Policies
import TestSupport
import Testing

@Suite struct WildcardMatchTests {
    @Test func wildcardsMatchAsAPlainSearchDoes() {
        var random = SeededRandom(seed: 3)
        func text(_ alphabet: [Character]) -> String {
            String(
                (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }
            )
        }
        for _ in 0..<20_000 {
            let pattern = text(["a", "b", "*", "?"])
            let value = text(["a", "b"])
            #expect(Wildcards.match(pattern, value) == plainMatch(pattern[...], value[...]), "\(pattern) \(value)")
        }
    }

    private func plainMatch(_ pattern: Substring, _ value: Substring) -> Bool {
        guard let first = pattern.first else { return value.isEmpty }
        if first == "*" {
            return plainMatch(pattern.dropFirst(), value) || (!value.isEmpty && plainMatch(pattern, value.dropFirst()))
        }
        guard let next = value.first, first == "?" || first == next else { return false }
        return plainMatch(pattern.dropFirst(), value.dropFirst())
    }
}

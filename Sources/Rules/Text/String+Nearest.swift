import Basics

extension String {
    /// The known word that was most likely meant, when one is near: at most a third of its letters differ.
    package func nearest(among known: [String]) -> String? {
        guard utf8.count <= 64 else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = Self.editDistance(Array(lowercasedASCII.utf8), Array(candidate.lowercasedASCII.utf8))
            guard distance <= max(1, candidate.utf8.count / 3), distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// How many letters must be put in, taken out or replaced to make one word of the other.
    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, l) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, r) in right.enumerated() {
                let next = Swift.min(row[j + 1] + 1, row[j] + 1, diagonal + (l == r ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}

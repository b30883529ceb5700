import LosslessJSON

/// Reads every region, and writes what was read in their order.
struct AuditRun {
    let subject: AuditSubject
    let format: AuditFormat
    let spool: AuditSpool
    let output: AuditOutput
    /// What is written once all is read.
    private var entries: [AuditEntry] = []
    /// The first finding of each access.
    private var first: [Int: AuditEntry] = [:]
    /// So many regions are read side by side.
    private static let width = 20

    init(subject: AuditSubject, format: AuditFormat, spool: AuditSpool, output: AuditOutput) {
        self.subject = subject
        self.format = format
        self.spool = spool
        self.output = output
    }

    mutating func gather(
        _ units: [AuditUnit],
        _ reader: AuditReader,
        _ progress: AuditProgress
    ) async throws -> AuditReport {
        defer { progress.clear() }
        var report = AuditReport(subject)
        if format == .csv { try output.write(AuditCSV.header) }
        try await withThrowingTaskGroup(of: (Int, AuditPlace).self) { group in
            var (begun, turn) = (0, 0)
            var waiting: [Int: AuditPlace] = [:]
            while begun < min(Self.width, units.count) {
                let index = begun
                group.addTask { (index, try await reader.read(units[index], progress)) }
                begun += 1
            }
            while let (index, place) = try await group.next() {
                waiting[index] = place
                if begun < units.count {
                    let next = begun
                    group.addTask { (next, try await reader.read(units[next], progress)) }
                    begun += 1
                }
                while let place = waiting.removeValue(forKey: turn) {
                    try take(place, into: &report)
                    turn += 1
                }
            }
        }
        return report
    }

    private mutating func take(_ place: AuditPlace, into report: inout AuditReport) throws {
        var place = place
        for index in place.entries.indices {
            let entry = place.entries[index]
            guard let earlier = first[entry.access] else {
                first[entry.access] = entry
                continue
            }
            // One analyzer reports an access once for each of its sources.
            guard earlier.analyzer != entry.analyzer else { continue }
            place.entries[index].duplicateOf = earlier.id
            place.tally.duplicates += 1
        }
        if format.isStreamed {
            for entry in place.entries { try output.write(try row(entry)) }
            try output.flush()
        } else {
            entries += place.entries
        }
        report.add(place)
    }

    private func row(_ entry: AuditEntry) throws -> [UInt8] {
        switch format {
        case .csv: AuditCSV.row(try AuditRecord(entry, in: spool))
        case .ocsf:
            AuditOCSF(now: subject.readAt).event(try AuditRecord(entry, in: spool)).serialized() + [UInt8(ascii: "\n")]
        default: try AuditRecord.line(entry, in: spool) + [UInt8(ascii: "\n")]
        }
    }

    /// Writes what is not streamed, the most pressing first.
    mutating func finish(_ report: AuditReport) throws {
        // A sort that keeps the order of what is equally pressing.
        let order = entries.indices.sorted {
            (entries[$1].severity, $0) < (entries[$0].severity, $1)
        }
        let sorted = order.map { entries[$0] }
        switch format {
        case .table: try AuditTable(report, sorted, spool).write(to: output)
        case .json: try AuditDocument(report, sorted, spool).write(to: output)
        case .html: try AuditPage(report, sorted, spool).write(to: output)
        case .jsonl, .csv, .ocsf: break
        }
        try output.finish()
    }
}

import AWSClient
import AWSOperations
import Basics
import Findings
import LosslessJSON
import Policies
import ResourceTypes

/// Asks Access Analyzer for the finding of a case as it is now, with where the access comes from.
struct FindingLookUp: Sendable {
    let finding: Finding
    let aws: any AWSCaller

    var lookUp: LookUp {
        // Unused access comes from no policy of a resource.
        let isAboutAccess = finding.kind == .externalAccess || finding.kind == .internalAccess
        return LookUp(isAboutAccess ? [.sources, .resourceControlPolicyRestriction] : [.finding]) {
            () async throws(AWSError) in
            try await ask()
        }
    }

    private var endpoint: (ARN, Region) {
        get throws(AWSError) {
            guard let analyzer = finding.analyzerARN else { throw .impossible("the case does not name the analyzer") }
            do throws(Region.Invalid) {
                return (analyzer, try Region(analyzer.region))
            } catch {
                throw .impossible(error.message)
            }
        }
    }

    private func ask() async throws(AWSError) -> LookUpAnswer {
        let (analyzer, region) = try endpoint
        var answer = LookUpAnswer()
        var sources: [JSON] = []
        var token: String?
        for _ in 0..<LookedUpResource.pageLimit {
            let page: FindingV2
            do throws(AWSError) {
                page = try await aws.call(
                    GetFindingV2(
                        id: finding.id,
                        analyzerARN: analyzer.description,
                        nextToken: token,
                        region: region
                    )
                )
            } catch {
                guard error.meansNoFinding, try await isGone(analyzer, region) else { throw error }
                answer.finding = .gone
                return answer
            }
            answer.finding = .read(
                status: FindingStatus(page.record.status),
                updatedAt: page.updatedAt,
                analyzedAt: page.analyzedAt
            )
            read(page.details, &answer.learned, &sources)
            guard let next = page.nextToken else {
                if !sources.isEmpty { answer.learned[.sources] = .array(sources) }
                return answer
            }
            token = next
        }
        throw .tooManyPages
    }

    /// A finding counts as gone, which ends the case in silence, only when every operation that could know it says so.
    private func isGone(_ analyzer: ARN, _ region: Region) async throws(AWSError) -> Bool {
        guard finding.kind == .externalAccess else { return true }
        do throws(AWSError) {
            _ = try await aws.call(GetFinding(id: finding.id, analyzerARN: analyzer.description, region: region))
            return false
        } catch {
            guard error.meansNoFinding else { throw error }
            return true
        }
    }

    private func read(_ details: [JSON], _ learned: inout ContextBuilder, _ sources: inout [JSON]) {
        for detail in details {
            guard let access = detail["externalAccessDetails"] ?? detail["internalAccessDetails"] else { continue }
            if let restriction = access["resourceControlPolicyRestriction"]?.string {
                learned[.resourceControlPolicyRestriction] = .string(restriction)
            }
            for source in access["sources"]?.array ?? [] {
                guard let entry = self.source(source), sources.count < 100, !sources.contains(entry) else { continue }
                sources.append(entry)
            }
        }
    }

    private func source(_ json: JSON) -> JSON? {
        guard let type = json["type"]?.string else { return nil }
        var entry = JSONObject([("type", .string(type))])
        for key in ["accessPointArn", "accessPointAccount"] {
            if let value = json["detail"]?[key]?.string { entry[key] = .string(value) }
        }
        return .object(entry)
    }
}

extension FindingNow {
    /// Whether a change of ours may be why the finding is over.
    var mayBeOurDoing: Bool {
        switch self {
        case .gone: true
        case .read(let status, _, _): status == .resolved
        }
    }

    /// The outcome when there is nothing to do any more; `nil` while the finding is ACTIVE.
    func outcomeIfOver(mode: String) -> Outcome? {
        switch self {
        case .gone: .findingIsGone(mode: mode)
        case .read(.active, _, _): nil
        case .read(let status, _, _):
            .needsNothing("Access Analyzer has it as \(status.name.printable(limit: 100))", mode: mode)
        }
    }
}

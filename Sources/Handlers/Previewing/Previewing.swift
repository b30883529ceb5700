import AWSClient
import AWSOperations
import Basics
import Findings
import Logging
import LosslessJSON
import Policies
import ResourceTypes

/// Asks Access Analyzer beforehand whether the planned change would close the finding, and in which form.
struct Previewing {
    let input: Case
    let decision: Decision
    let environment: HandlerEnvironment

    /// Waits between looks within one invocation; the workflow's own waits are longer.
    private static let waits = [Duration.seconds(1), .seconds(2), .seconds(3)]

    /// The case with `preview`; as it came where nothing would be changed.
    static func run(
        _ input: Case,
        _ decision: Decision,
        _ environment: HandlerEnvironment
    ) async throws(HandlerError) -> Case {
        let previewing = Previewing(input: input, decision: decision, environment: environment)
        guard let preview = try await previewing.preview() else { return input }
        var result = input
        result.foresee(preview)
        environment.logger.info(
            "Access Analyzer was asked beforehand",
            metadata: [
                "findingId": .string(input.finding.id), "preview": .string(preview.status.rawValue),
                "form": .string(preview.form?.rawValue ?? "-"), "why": .string(preview.why ?? ""),
            ]
        )
        return result
    }

    private var attempt: Int { (input.preview?.status == .pending ? input.preview?.attempt ?? 0 : 0) + 1 }

    private func unavailable(_ why: String, _ form: Deny.Form? = nil) -> AccessPreview {
        AccessPreview(.unavailable, form: form, attempt: attempt, why: why)
    }

    private func preview() async throws(HandlerError) -> AccessPreview? {
        guard !environment.isDryRun else { return unavailable("A dry run asks for no preview.") }
        let finding = input.finding
        guard let resource = finding.changedResource, let type = KnownResourceTypes.known(finding.resourceType) else {
            return nil
        }
        let aws = try await environment.caller(for: resource.account, partition: resource.partition)
        if let begun = input.preview, begun.status == .pending, let id = begun.id,
            let analyzer = begun.analyzerARN.flatMap(ARN.init), let region = try? Region(analyzer.region)
        {
            let asked = PreviewRequest(id: id, analyzerARN: analyzer.description, region: region, form: begun.form)
            return try await answered(asked, type, aws)
        }
        guard let first = try await planned(.condition) else { return nil }
        return try await created(first, type, aws)
    }

    /// What would be changed in this form; `nil` where nothing would.
    private func planned(_ form: Deny.Form) async throws(HandlerError) -> [Outcome.Change]? {
        let outcome = try await Resolution.planned(input, decision, form, environment)
        return outcome?.status == .observed && outcome?.changes.isEmpty == false ? outcome?.changes : nil
    }

    private func created(
        _ changes: [Outcome.Change],
        _ type: any KnownResourceType.Type,
        _ aws: any AWSCaller
    ) async throws(HandlerError) -> AccessPreview {
        let finding = input.finding
        let shown = form(of: changes)
        guard let configuration = type.previewConfiguration(after: changes) else {
            return unavailable("Access Analyzer has no previews of such a change.", shown)
        }
        let request: PreviewRequest?
        do throws(AWSError) {
            request = try await asked(configuration, shown, aws)
        } catch {
            return try unavailable(error, shown)
        }
        guard let request else {
            return unavailable(
                "There is no active account analyzer in account \(finding.accountID), region "
                    + "\(finding.region.printable(limit: 50)).",
                shown
            )
        }
        return try await answered(request, type, aws)
    }

    /// `nil` where there is no analyzer that could be asked.
    private func asked(
        _ configuration: JSON,
        _ form: Deny.Form?,
        _ aws: any AWSCaller
    ) async throws(AWSError) -> PreviewRequest? {
        guard let region = try? Region(input.finding.region), let analyzer = try await analyzer(region, aws) else {
            return nil
        }
        let id = try await aws.call(
            CreateAccessPreview(
                analyzerARN: analyzer,
                resource: input.finding.resource.description,
                configuration: configuration,
                region: region
            )
        )
        return PreviewRequest(id: id, analyzerARN: analyzer, region: region, form: form)
    }

    private func analyzer(_ region: Region, _ aws: any AWSCaller) async throws(AWSError) -> String? {
        let analyzers = try await aws.everyPage(of: ListAnalyzers.self) { (token) async throws(AWSError) in
            let page = try await aws.call(ListAnalyzers(nextToken: token, region: region))
            return (page.analyzers, page.nextToken)
        }
        // Only the resource's own account can preview it, and only by an analyzer of accounts.
        return analyzers.first { analyzer in
            analyzer.type == "ACCOUNT" && analyzer.status == "ACTIVE"
                && ARN(analyzer.arn)?.account == input.finding.accountID
        }?.arn
    }

    /// What passes by itself is an error, so that the step is retried; what does not is no reason to leave an access open.
    private func unavailable(_ error: AWSError, _ form: Deny.Form?) throws(HandlerError) -> AccessPreview {
        let mapped = HandlerError(error)
        switch mapped.kind {
        case .throttled, .serviceUnavailable, .deadlineExceeded: throw mapped
        default: return unavailable("Access Analyzer gave no preview: \(error).", form)
        }
    }

    /// How the planned Deny names whom it denies; `nil` where none is planned.
    private func form(of changes: [Outcome.Change]) -> Deny.Form? {
        let statements = changes.flatMap { $0.after["Statement"]?.array ?? [] }
        let deny = statements.last { $0["Sid"]?.string == Deny.sid(forFinding: input.finding.id) }
        return deny.map { $0["Principal"] == ["AWS": "*"] ? .condition : .principal }
    }

    // MARK: The answer

    private func answered(
        _ request: PreviewRequest,
        _ type: any KnownResourceType.Type,
        _ aws: any AWSCaller
    ) async throws(HandlerError) -> AccessPreview {
        let findings: [PreviewedFinding]
        do throws(AWSError) {
            switch try await state(request, aws) {
            case nil where attempt >= AccessPreview.limit:
                return unavailable("The preview was not ready after \(attempt) looks.", request.form)
            case nil:
                return AccessPreview(
                    .pending,
                    form: request.form,
                    id: request.id,
                    analyzerARN: request.analyzerARN,
                    attempt: attempt
                )
            case .failed(let why)?:
                return unavailable("Access Analyzer could not make the preview (\(why)).", request.form)
            case .completed?:
                findings = try await aws.everyPage(of: ListAccessPreviewFindings.self) {
                    (token) async throws(AWSError) in
                    let page = try await aws.call(
                        ListAccessPreviewFindings(
                            id: request.id,
                            analyzerARN: request.analyzerARN,
                            nextToken: token,
                            region: request.region
                        )
                    )
                    return (page.findings, page.nextToken)
                }
            }
        } catch {
            return try unavailable(error, request.form)
        }
        var known: Set<String> = []
        if findings.contains(where: \.isNew) { known = try await knownPrincipals() }
        return try await judged(PreviewVerdict(of: input.finding, findings, known: known), request, type, aws)
    }

    /// Whom the documents let in by name before the change.
    private func knownPrincipals() async throws(HandlerError) -> Set<String> {
        let documents = try await planned(.condition)?.compactMap { try? PolicyDocument($0.before) } ?? []
        let allowed = documents.flatMap(\.statements).filter { $0.effect == .allow }
        let principals = allowed.flatMap(\.principals).filter { !input.finding.principals.contains($0) }
        return Set(principals.map(\.element.value))
    }

    private func judged(
        _ verdict: PreviewVerdict,
        _ request: PreviewRequest,
        _ type: any KnownResourceType.Type,
        _ aws: any AWSCaller
    ) async throws(HandlerError) -> AccessPreview {
        func preview(_ status: AccessPreview.Status, _ why: String? = nil) -> AccessPreview {
            AccessPreview(
                status,
                form: request.form,
                id: request.id,
                analyzerARN: request.analyzerARN,
                attempt: attempt,
                why: why
            )
        }
        switch verdict {
        case .closed: return preview(.confirmed)
        case .opens(let what): return preview(.contradicted, "Access Analyzer would find a new access: \(what).")
        case .stays(let why):
            // Where there is another way to name whom to deny, it may be one that Access Analyzer weighs.
            if request.form == .condition, let second = try await planned(.principal),
                second != (try await planned(.condition))
            {
                return try await created(second, type, aws)
            }
            return preview(.unconfirmed, why)
        }
    }

    private enum State {
        case completed
        case failed(String)
    }

    /// `nil` while it is being made.
    private func state(_ request: PreviewRequest, _ aws: any AWSCaller) async throws(AWSError) -> State? {
        for wait in Self.waits + [nil] {
            let state = try await aws.call(
                GetAccessPreview(id: request.id, analyzerARN: request.analyzerARN, region: request.region)
            )
            switch state.status {
            case "COMPLETED": return .completed
            case "FAILED": return .failed(state.reason ?? "no reason given")
            default: break
            }
            guard let wait else { break }
            // Where the time is up, the next look goes on.
            do { try await environment.pause(wait) } catch { break }
        }
        return nil
    }
}

/// A preview that Access Analyzer was asked for.
struct PreviewRequest {
    let id: String
    let analyzerARN: String
    let region: Region
    let form: Deny.Form?
}

import Findings
import FoundationEssentials
import LosslessJSON
import ResourceTypes
import Testing

/// `deploy/permissions.json` says what the code says: templates and their tests read it.
///
/// `RECORD_PERMISSIONS=1 swift test --filter PermissionsFileTests` writes it, and fails so that the difference is read.
@Suite struct PermissionsFileTests {
    private static var file: URL {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return URL(filePath: "/\(root)/deploy/permissions.json")
    }

    private static var permissions: JSON {
        func list(_ permissions: [String]) -> JSON { .array(permissions.sorted().map(JSON.string)) }
        let types = KnownResourceTypes.all.sorted { $0.type.name < $1.type.name }
        let changed = types.filter { !$0.changePermissions.isEmpty }
        return [
            "description": "Made from Sources/ResourceTypes by Tests/HandlersTests/PermissionsFileTests.swift.",
            "finding": list(KnownResourceTypes.findingPermissions),
            "organization": list(KnownResourceTypes.organizationPermissions),
            "previews": list(KnownResourceTypes.previewPermissions), "sessions": list(RoleSessions.permissions),
            "trail": list(KnownResourceTypes.trailPermissions),
            "lookUps": .object(JSONObject(types.map { ($0.type.name, list($0.permissions)) })),
            "changes": .object(JSONObject(changed.map { ($0.type.name, list($0.changePermissions)) })),
        ]
    }

    @Test func theFileIsWhatTheTypesSay() throws {
        if ProcessInfo.processInfo.environment["RECORD_PERMISSIONS"] != nil {
            try Data(Self.permissions.serialized(.pretty) + [0x0A]).write(to: Self.file)
            Issue.record("deploy/permissions.json was written: read the difference and run again without recording")
        }
        #expect(try JSON.parse(Array(try Data(contentsOf: Self.file))) == Self.permissions)
    }
}

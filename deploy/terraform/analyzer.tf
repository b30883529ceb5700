# The analyzer itself, where there is none yet, and what it archives by itself.

resource "aws_accessanalyzer_analyzer" "external" {
  count = var.analyzer == "NONE" ? 0 : 1

  analyzer_name = var.name
  type          = var.analyzer
  tags          = { "gatehouse:component" = "analyzer" }
}

resource "aws_accessanalyzer_archive_rule" "external" {
  for_each = var.archive_rules

  analyzer_name = aws_accessanalyzer_analyzer.external[0].analyzer_name
  rule_name     = each.key

  dynamic "filter" {
    for_each = each.value
    content {
      criteria = filter.value.criteria
      eq       = filter.value.eq
      neq      = filter.value.neq
      contains = filter.value.contains
      exists   = filter.value.exists
    }
  }
}

resource "aws_accessanalyzer_analyzer" "unused" {
  count = var.unused_access_days == 0 ? 0 : 1

  analyzer_name = "${var.name}-unused"
  type          = var.analyzer == "ORGANIZATION" ? "ORGANIZATION_UNUSED_ACCESS" : "ACCOUNT_UNUSED_ACCESS"
  tags          = { "gatehouse:component" = "analyzer" }

  configuration {
    unused_access {
      unused_access_age = var.unused_access_days
    }
  }
}

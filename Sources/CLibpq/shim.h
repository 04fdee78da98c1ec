#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

#include <libpq-fe.h>

// Character macros are not imported into Swift: the fields of an error report, by name.
static const int pq_field_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int pq_field_sqlstate = PG_DIAG_SQLSTATE;
static const int pq_field_message = PG_DIAG_MESSAGE_PRIMARY;
static const int pq_field_detail = PG_DIAG_MESSAGE_DETAIL;
static const int pq_field_hint = PG_DIAG_MESSAGE_HINT;
static const int pq_field_constraint = PG_DIAG_CONSTRAINT_NAME;

#endif

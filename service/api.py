"""The one list of routers, in reading order; loading it loads every table (migrations rely on that) and every job."""

from fastapi import APIRouter

import service.accounts.jobs
import service.checklist.deadlines
import service.checklist.following
import service.checklist.gate
import service.checklist.inheriting
import service.checklist.jobs
import service.checklist.models
import service.checklist.record_models
import service.checklist.refusals
import service.checklist.run_jobs
import service.constraints.jobs  # its tasks are known to the queue once it is loaded
import service.constraints.models
import service.contracts.models
import service.contracts.performance_models
import service.core.idempotency
import service.documents.jobs
import service.documents.models
import service.exports.jobs
import service.exports.models
import service.imports.jobs  # its tasks are known to the queue once it is loaded
import service.imports.map_models
import service.imports.models
import service.layers.jobs
import service.layers.models
import service.listings.bidder_models
import service.listings.jobs
import service.listings.models
import service.parcels.lineage_models
import service.parcels.models
import service.parcels.survey_models
import service.parcels.tally_models
import service.plans.models
import service.plans.target_models
import service.regions.models
import service.schemes.models
import service.workdays.models  # noqa: F401
from service.accounts.routes import router as accounts
from service.admin.routes import router as audit
from service.checklist.bulk_routes import router as checklist_bulk
from service.checklist.bulk_routes import uploads as checklist_sheets
from service.checklist.read_routes import notifications
from service.checklist.read_routes import of_parcels as parcel_checklists
from service.checklist.read_routes import router as checklists
from service.checklist.read_routes import templates as checklist_templates
from service.checklist.routes import rules as checklist_policies
from service.checklist.routes import writes as checklist_writes
from service.codes.routes import router as codes
from service.constraints.routes import router as constraints
from service.contracts.performance_routes import router as contract_performance
from service.contracts.routes import router as contracts
from service.documents.routes import router as documents
from service.dossier.routes import router as dossier
from service.dossier.weekly_routes import router as checklist_weekly
from service.exports.routes import router as exports
from service.imports.control_routes import router as control_imports
from service.imports.routes import router as imports
from service.imports.routes_review import field_maps
from service.imports.routes_review import router as import_review
from service.imports.routes_shapes import router as file_shapes
from service.layers.routes import router as layers
from service.listings.lot_routes import router as lots
from service.listings.routes import places as trading_centres
from service.listings.routes import router as notices
from service.overview.routes import router as overview
from service.parcels.lineage_routes import router as lineage
from service.parcels.routes import reads as parcel_reads
from service.parcels.routes import router as parcels
from service.plans.item_routes import router as plan_items
from service.plans.routes import router as plans
from service.plans.routes import uploads as plan_sheets
from service.plans.target_routes import router as plan_targets
from service.regions.routes import router as regions
from service.rules.routes import router as rules
from service.schemes.routes import router as schemes
from service.surveys.routes import reads as boundaries
from service.surveys.routes import router as surveys
from service.workdays.routes import router as workdays

ROUTERS: tuple[APIRouter, ...] = (
    layers,  # first, because addresses are compared in this order and these are asked for most
    boundaries,  # before the parcels, whose number stands where these have a word
    parcel_reads,
    accounts,
    audit,
    regions,
    codes,
    rules,
    workdays,
    parcels,
    lineage,
    surveys,
    constraints,
    plans,
    overview,
    plan_items,
    plan_targets,
    plan_sheets,
    notices,
    lots,
    trading_centres,
    contracts,
    contract_performance,
    schemes,
    checklist_weekly,
    checklist_bulk,  # before the checklists, whose number stands where these have a word
    checklist_sheets,
    checklists,
    checklist_writes,
    checklist_policies,
    parcel_checklists,
    checklist_templates,
    notifications,
    dossier,
    documents,
    imports,
    import_review,
    field_maps,
    control_imports,
    file_shapes,
    exports,
)

"""Calls every method of neon-api against the server of NEON_API_HOST, and prints the names of those that went well.

The package checks each answer against its own data classes: an answer that lacks a field ends the script.
"""

import os
import time

import neon_api

client = neon_api.NeonAPI(os.environ["NEON_API_KEY"], base_url=os.environ["NEON_API_HOST"] + "/")


def call(name, *args, **kwargs):
    answer = getattr(client, name)(*args, **kwargs)
    print(name, flush=True)
    return answer


def settle(project_id):
    """As its documentation says: ask until every operation has ended."""
    while True:
        operations = call("operations", project_id, limit=100).operations
        if all(operation.status.value in ("finished", "skipped") for operation in operations):
            return operations
        assert not any(operation.status.value in ("failed", "error") for operation in operations), operations
        time.sleep(0.1)


def untyped(name, *args, **kwargs):
    """For answers of which the package expects fields that Neon's own API has given up."""
    neon_api.client.ENABLE_PYDANTIC = False
    try:
        return call(name, *args, **kwargs)
    finally:
        neon_api.client.ENABLE_PYDANTIC = True


def refused(name, text, *args, **kwargs):
    """For what cannot be had, with what the answer then says."""
    try:
        getattr(client, name)(*args, **kwargs)
    except neon_api.NeonAPIError as error:
        assert text in str(error), error
        print(name)
    else:
        raise AssertionError(f"{name} was not refused")


assert untyped("me")["id"]

key = call("api_key_create", key_name="tour")
assert any(item.id == key.id for item in call("api_keys"))
assert neon_api.NeonAPI(key.key, base_url=client.base_url).projects().projects == []
assert call("api_key_revoke", str(key.id)).revoked

project = call("project_create", project={"name": "tour"}).project
assert [item.name for item in call("projects", limit=10).projects] == ["tour"]
assert call("projects", shared=True).projects == []
assert call("project", project.id).project.name == "tour"
assert call("project_update", project.id, project={"name": "tour-2"}).project.name == "tour-2"
uri = call("connection_uri", project.id, "neondb", "neondb_owner", True).uri
assert uri.startswith("postgresql://neondb_owner:"), uri
[operation, *_] = settle(project.id)
assert call("operation", project.id, operation.id).operation.id == operation.id

[main] = call("branches", project.id).branches
made = call("branch_create", project.id, branch={"name": "dev"}, endpoints=[{"type": "read_write"}])
dev = made.branch.id
assert made.branch.parent_id == main.id
assert call("branch", project.id, dev).branch.name == "dev"
assert call("branch_update", project.id, dev, branch={"name": "dev-2"}).branch.name == "dev-2"
# Called set_as_default for years.
refused("branch_set_as_primary", "does not exist", project.id, dev)
settle(project.id)

role = call("role_create", project.id, dev, "web").role
assert role.name == "web"
assert {item.name for item in call("roles", project.id, dev).roles} == {"neondb_owner", "web"}
assert call("role", project.id, dev, "web").role.name == "web"
settle(project.id)
reset = call("role_password_reset", project.id, dev, "web").role.password
settle(project.id)
assert reset != role.password

database = {"name": "goods", "owner_name": "web"}
assert call("database_create", project.id, dev, database=database).database.name == "goods"
assert {item.name for item in call("databases", project.id, dev).databases} == {"neondb", "goods"}
assert call("database", project.id, dev, "goods").database.owner_name == "web"
renamed = call("database_update", project.id, dev, "goods", database={"name": "wares"}).database
assert renamed.name == "wares"
settle(project.id)
assert call("database_delete", project.id, dev, "wares").database.name == "wares"
assert call("role_delete", project.id, dev, "web").role.name == "web"
settle(project.id)

[endpoint] = [item for item in call("endpoints", project.id).endpoints if item.branch_id == dev]
assert call("endpoint", project.id, endpoint.id).endpoint.host == endpoint.host
timeout = {"suspend_timeout_seconds": 600}
assert call("endpoint_update", project.id, endpoint.id, endpoint=timeout).endpoint.id == endpoint.id
settle(project.id)
call("endpoint_suspend", project.id, endpoint.id)
settle(project.id)
call("endpoint_start", project.id, endpoint.id)
settle(project.id)
call("endpoint_delete", project.id, endpoint.id)
wanted = {"branch_id": dev, "type": "read_write"}
assert call("endpoint_create", project.id, endpoint=wanted).endpoint.branch_id == dev
settle(project.id)

# It sends a POST; Neon's own API has a GET alone, and so have we.
refused("role_password_reveal", "not allowed", project.id, dev, "neondb_owner")

# Sharing a project with people is no part of a server that has one owner.
assert call("project_permissions", project.id).project_permissions == []
refused("project_permissions_grant", "", project.id, email="friend@example.com")
refused("project_permissions_revoke", "", project.id)

assert call("branch_delete", project.id, dev).branch.id == dev
assert call("project_delete", project.id).project.id == project.id

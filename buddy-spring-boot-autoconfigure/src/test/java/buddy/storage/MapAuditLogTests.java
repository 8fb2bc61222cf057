package buddy.storage;

class MapAuditLogTests extends AuditLogContractTests {

	@Override
	protected AuditLog emptyLog() {
		return new MapAuditLog();
	}

}

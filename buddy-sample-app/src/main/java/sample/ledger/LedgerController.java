package sample.ledger;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Shows what a run has done in the other system.
 */
@RestController
class LedgerController {

	private final Ledger ledger;

	LedgerController(Ledger ledger) {
		this.ledger = ledger;
	}

	@GetMapping("/ledger/{runId}")
	Ledger.Page page(@PathVariable String runId) {
		return this.ledger.page(runId);
	}

}

/** Whether a dialog or sheet holds the page: keys are its own then. Closed ones may stay in the document, unseen. */
export const isModalOpen = (): boolean =>
  [...document.querySelectorAll('[aria-modal="true"]')].some((dialog) => dialog.getClientRects().length > 0)

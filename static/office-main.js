// Puts the office to work.
export function attachOffice(root) {
  void root;
}

attachOffice(document);

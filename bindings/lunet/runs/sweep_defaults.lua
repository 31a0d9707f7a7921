-- Options of ln.sweep and ln.ablation that `lunet sweep` sets: they win over those in the script.
return {}

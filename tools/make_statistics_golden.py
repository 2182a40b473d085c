"""Welch's test and Student's distribution by SciPy, for StatisticsTest.

Usage: python make_statistics_golden.py > paper/src/test/resources/golden/statistics.json   (needs SciPy)
"""
import json

import numpy as np
import scipy
from scipy import stats

PAIRS = [
    ([12.31, 12.9, 11.7], [24.5, 26.25, 25.0]),
    ([8.75, 8.6, 8.9, 8.81, 8.7], [8.8, 8.65]),
    ([1.0, 2.0], [3.0, 5.0]),
    ([6.43, 6.61, 6.7, 6.55, 6.76], [6.97, 7.02, 6.9]),
    ([0.1, 0.1001, 0.0999], [0.5, 0.9, 0.1, 0.3]),
]

welch = []
for a, b in PAIRS:
    test = stats.ttest_ind(a, b, equal_var=False)
    interval = test.confidence_interval(0.95)
    welch.append({
        "first": a, "second": b, "difference": float(np.mean(a) - np.mean(b)), "t": float(test.statistic),
        "df": float(test.df), "p": float(test.pvalue), "low": float(interval.low), "high": float(interval.high),
        "deviation": float(np.std(a, ddof=1)), "sem": float(stats.sem(a)),
    })

student = []
for df in [1, 1.37, 2, 3, 4.5, 10, 31.7, 1000]:
    for t in [1e-3, 0.5, 1, 2.7764451, 10, 60]:
        student.append({"df": df, "t": t, "p": float(2 * stats.t.sf(t, df))})
    for q in [0.6, 0.9, 0.975, 0.9995]:
        student.append({"df": df, "q": q, "quantile": float(stats.t.ppf(q, df))})

print(json.dumps({"scipy": scipy.__version__, "welch": welch, "student": student}, indent=1))

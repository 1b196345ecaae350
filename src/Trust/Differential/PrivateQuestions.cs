using System.Globalization;
using System.Numerics;
using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;

namespace Yunnao.Trust.Differential;

/// <summary>
/// Answers counts, sums, means and histograms of persons with differential privacy: who asks cannot tell from the answer whether any one
/// person is in the data. The unit is the person: the engine gives one row a person, whose contribution is one group and one bounded value, and
/// exact discrete noise is added to whole numbers (<see cref="SecureDice"/>). The cost is taken off the project's budget first.
/// </summary>
public sealed class PrivateQuestions
{
    /// <summary>Steps into which the larger bound of a sum is divided; noise and values are whole numbers of steps.</summary>
    private const int Steps = 1 << 20;

    private readonly Registry _registry;
    private readonly ILakeEngine _engine;
    private readonly BudgetBook _budgets;
    private readonly AuditLog _audit;

    internal PrivateQuestions(Registry registry, ILakeEngine engine, BudgetBook budgets, AuditLog audit) =>
        (_registry, _engine, _budgets, _audit) = (registry, engine, budgets, audit);

    /// <summary>
    /// Answers a question. Problems: <c>privacy.question</c> (what is asked cannot be answered so), <c>privacy.cost</c>, <c>privacy.no-budget</c>,
    /// <c>privacy.budget-spent</c>, <c>query.*</c>, <c>scope.*</c>.
    /// </summary>
    /// <param name="scope">Who asks; what is measured and grouped by must be shown clear, also where single rows are not.</param>
    public async Task<Result<IReadOnlyList<PrivateAnswer>>> AskAsync(Scope scope, PrivateQuestion question, CancellationToken cancellation = default)
    {
        if (Understand(scope, question) is { } wrong) return wrong;
        var reached = scope.Of(question.DataSet)!;
        var what = $"{question.Measure} {question.DataSet} {question.Item} {question.By}".TrimEnd().ToLowerInvariant();
        if (await _budgets.SpendAsync(question.Project, question.Cost, scope.Who, what, cancellation).ConfigureAwait(false) is { } unpaid)
        {
            await _audit.AppendAsync(Event(scope, question, AuditKind.Refusal) with { Outcome = unpaid.Code }, CancellationToken.None).ConfigureAwait(false);
            return unpaid;
        }

        // Nobody sees these rows: they are added up here, so they may be single ones and name persons.
        var persons = new Scope(
            scope.Who, scope.Purpose,
            new Dictionary<string, DataSetScope> { [question.DataSet] = reached with { Keys = ItemAction.Clear, RowsShown = true } }, operations: false, scope.PseudonymKey)
        { Revoked = scope.Revoked };
        var codes = question.By is { } by ? _registry.DataSets[question.DataSet].Find(by)!.ValueSet!.Codes.Keys.ToList() : [""];
        var totals = codes.ToDictionary(c => c, _ => (Count: 0L, Sum: BigInteger.Zero), StringComparer.Ordinal);
        if (await AddUpAsync(persons, question, totals, cancellation).ConfigureAwait(false) is { } problem) return problem;
        await _audit.AppendAsync(Event(scope, question, AuditKind.Read) with { Rows = codes.Count }, CancellationToken.None).ConfigureAwait(false);
        return codes.Select(code => Answer(question, question.By is null ? null : code, totals[code])).ToList();
    }

    private Problem? Understand(Scope scope, PrivateQuestion question)
    {
        Problem Cannot(Sentence message) => new(ProblemKind.Incorrect, "privacy.question", message);
        if (!_registry.DataSets.TryGetValue(question.DataSet, out var dataSet)) return new(ProblemKind.NotFound, "query.data-set", "There is no such data set.");
        if (scope.Of(question.DataSet) is not { } reached) return new(ProblemKind.Forbidden, "scope.data-set", $"The Scope does not reach {question.DataSet}.");
        if (dataSet.Subject is null) return Cannot($"{question.DataSet} is not about persons.");
        if (question.Measure != PrivateMeasure.Count)
        {
            if (question.Item is null || dataSet.Find(question.Item) is not { } item) return Cannot("A sum or mean is of an item of the data set.");
            if (reached.ActionOn(item) != ItemAction.Clear) return new(ProblemKind.Forbidden, "scope.item", $"The Scope does not show {question.Item} as it is stored.");
            if (!(question.Low < question.High) || !double.IsFinite(question.Low) || !double.IsFinite(question.High)) return Cannot("A sum or mean needs a lower and an upper bound.");
        }

        if (question.By is not { } by) return null;
        if (dataSet.Find(by) is not { ValueSet: { } set } group || set.Codes.Count == 0) return Cannot("Groups are the codes of an item with a value set.");
        return reached.ActionOn(group) == ItemAction.Clear ? null : new(ProblemKind.Forbidden, "scope.item", $"The Scope does not show {by} as it is stored.");
    }

    private async Task<Problem?> AddUpAsync(Scope persons, PrivateQuestion question, Dictionary<string, (long Count, BigInteger Sum)> totals, CancellationToken cancellation)
    {
        List<Output> outputs = [new(SystemColumns.Subject), new(null, Aggregate.Count, "rows")];
        if (question.By is { } by) outputs.Add(new(by, Aggregate.Min, "group"));
        if (question.Item is { } item && question.Measure != PrivateMeasure.Count) outputs.Add(new(item, Aggregate.Average, "value"));
        var answer = await _engine.RunAsync(persons, new Query(question.DataSet) { Outputs = outputs, Where = question.Where }, cancellation).ConfigureAwait(false);
        if (!answer.Try(out var rows, out var problem)) return problem;
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch) AddUp(batch, question, totals);
            }
        }

        return null;
    }

    private static void AddUp(RecordBatch batch, PrivateQuestion question, Dictionary<string, (long Count, BigInteger Sum)> totals)
    {
        var groups = question.By is null ? null : (StringArray)batch.Column("group");
        var values = question.Measure == PrivateMeasure.Count ? null : (DoubleArray)batch.Column("value");
        var middle = question.Measure == PrivateMeasure.Mean ? (question.Low + question.High) / 2 : 0;
        for (var row = 0; row < batch.Length; row++)
        {
            if (groups is not null && groups.IsNull(row)) continue;
            if (values is not null && values.IsNull(row)) continue;
            if (!totals.TryGetValue(groups?.GetString(row) ?? "", out var total)) continue;
            var steps = values is null ? 0 : (long)Math.Round((Math.Clamp(values.GetValue(row)!.Value, question.Low, question.High) - middle) / Step(question));
            totals[groups?.GetString(row) ?? ""] = (total.Count + 1, total.Sum + steps);
        }
    }

    /// <summary>What one step is worth; the largest contribution of a person is <see cref="Steps"/> of them.</summary>
    private static double Step(PrivateQuestion question) =>
        (question.Measure == PrivateMeasure.Mean ? (question.High - question.Low) / 2 : Math.Max(Math.Abs(question.Low), Math.Abs(question.High))) / Steps;

    private static PrivateAnswer Answer(PrivateQuestion question, string? group, (long Count, BigInteger Sum) total)
    {
        var cost = question.Cost;
        switch (question.Measure)
        {
            case PrivateMeasure.Count:
                return new(group, (double)(total.Count + Noise(cost, 1)), Error(cost, 1));
            case PrivateMeasure.Sum:
                return new(group, (double)(total.Sum + Noise(cost, Steps)) * Step(question), Error(cost, Steps) * Step(question));
            default:
                // Half of the cost for the count, half for the sum around the middle.
                var half = new PrivacyCost(cost.Epsilon / 2, cost.Delta / 2);
                var count = Math.Max(1, (double)(total.Count + Noise(half, 1)));
                var mean = (question.Low + question.High) / 2 + (double)(total.Sum + Noise(half, Steps)) * Step(question) / count;
                return new(group, Math.Clamp(mean, question.Low, question.High), Error(half, Steps) * Step(question) / count);
        }
    }

    /// <summary>Noise for a whole number that one person changes by at most <paramref name="sensitivity"/>.</summary>
    private static BigInteger Noise(PrivacyCost cost, long sensitivity)
    {
        if (cost.Delta == 0) return SecureDice.Laplace(cost.Millionths, (BigInteger)sensitivity * PrivacyCost.EpsilonUnits);
        var variance = Variance(cost, sensitivity);
        return SecureDice.Gaussian(new BigInteger(Math.Ceiling(variance * 1024)), 1024);
    }

    /// <summary>σ² = 2 ln(1.25/δ) (Δ/ε)² for ε ≤ 1 (Dwork, Roth 2014, theorem A.1).</summary>
    private static double Variance(PrivacyCost cost, long sensitivity)
    {
        var ratio = sensitivity / (double)cost.Epsilon;
        return 2 * Math.Log(1.25 / (double)cost.Delta) * ratio * ratio;
    }

    private static double Error(PrivacyCost cost, long sensitivity) =>
        cost.Delta == 0 ? sensitivity / (double)cost.Epsilon * Math.Log(20) : 1.96 * Math.Sqrt(Variance(cost, sensitivity));

    private static AuditEvent Event(Scope scope, PrivateQuestion question, AuditKind kind) => new(kind, scope.Who)
    {
        Purpose = scope.Purpose, What = question.DataSet,
        Details = new Dictionary<string, string>
        {
            ["project"] = question.Project, ["measure"] = question.Measure.ToString().ToLowerInvariant(),
            ["epsilon"] = question.Cost.Epsilon.ToString(CultureInfo.InvariantCulture), ["delta"] = question.Cost.Delta.ToString(CultureInfo.InvariantCulture),
        },
    };
}

using Yunnao.Kernel;

namespace Yunnao.Formats.Hl7v2;

/// <summary>A row plan compiled for messages.</summary>
/// <param name="Row">Slot of the segment that makes a row; -1: the message does.</param>
/// <param name="Slots">Slots of all segments that columns and conditions read.</param>
internal sealed record Hl7v2Plan(string[] Match, int Row, Hl7v2Condition[] Where, Hl7v2Column[] Columns, int[] Slots)
{
    /// <summary>All paths read, with those of the conditions.</summary>
    public IEnumerable<Hl7v2Path> Paths => Columns.SelectMany(c => c.Paths).Concat(Where.Select(w => w.Path));

    public static Result<Hl7v2Plan> Compile(RowPlan plan, SegmentSlots slots)
    {
        var row = -1;
        if (plan.Row is { } name)
        {
            if (name.Length != 3 || !SegmentName.TryPack(System.Text.Encoding.UTF8.GetBytes(name), out var packed)) return PlanProblem.Row(plan);
            row = slots.Add(packed);
        }

        if (!Condition.TryParse(plan.Where, out var tests)) return PlanProblem.Where(plan);
        var where = new List<Hl7v2Condition>();
        foreach (var test in tests)
        {
            if (Hl7v2Path.Parse(test.Path, slots) is not { } path) return PlanProblem.Path(plan, "where", test.Path);
            where.Add(new(path, test));
        }

        var columns = new List<Hl7v2Column>();
        foreach (var column in plan.Columns)
        {
            var paths = new List<Hl7v2Path>();
            foreach (var text in column.Path.Split(" | ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (Hl7v2Path.Parse(text, slots) is not { } path) return PlanProblem.Path(plan, column.Name, text);
                paths.Add(path);
            }

            columns.Add(new([.. paths], column.Time, paths.Aggregate(0UL, (bits, path) => bits | Hl7v2Column.Bit(path.Slot))));
        }

        int[] used = [.. columns.SelectMany(c => c.Paths).Concat(where.Select(w => w.Path)).Select(p => p.Slot).Distinct()];
        return new Hl7v2Plan([.. plan.Match], row, [.. where], [.. columns], used);
    }

    /// <summary>True when the plan is for messages of the type: <c>ORU^R01</c> is that one, <c>ORU^*</c> and <c>ORU</c> are all ORU, <c>*</c> is every message.</summary>
    public bool IsFor(string type)
    {
        foreach (var match in Match)
        {
            if (match == "*" || match == type) return true;
            var group = match.EndsWith("^*", StringComparison.Ordinal) ? match[..^2] : match;
            if (!group.Contains('^', StringComparison.Ordinal) && type.Split('^')[0] == group) return true;
        }

        return false;
    }
}

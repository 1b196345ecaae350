namespace Yunnao.Formats.Fhir;

/// <summary>Values at paths of a document on the tape.</summary>
internal sealed class FhirValues(JsonTape tape)
{
    private byte[] _text = new byte[4096];

    /// <summary>The first value at a path below an object; false when there is none. Valid until the next call.</summary>
    public bool TryFirst(ReadOnlySpan<byte> json, int parent, FhirStep[] steps, out ReadOnlySpan<byte> value) =>
        Find(json, parent, steps, null, out value);

    /// <summary>True when the condition holds below an object; all values at the path are looked at.</summary>
    public bool Holds(ReadOnlySpan<byte> json, int parent, FhirCondition condition) =>
        Find(json, parent, condition.Path.Steps, condition.Test, out _) != (condition.Test.Kind == ConditionKind.NotIn);

    /// <summary>Lists the objects at the steps below an object.</summary>
    public void Collect(ReadOnlySpan<byte> json, int parent, ReadOnlySpan<FhirStep> steps, List<int> found)
    {
        var child = tape.Child(parent, steps[0].Name);
        if (child < 0) return;
        var isArray = tape[child].Kind == JsonKind.Array;
        var end = tape[child].Next;
        var number = 0;
        for (var element = isArray ? child + 1 : child; element < end; element = tape[element].Next, number++)
        {
            if (tape[element].Kind != JsonKind.Object || !IsWanted(json, element, number, steps[0])) continue;
            if (steps.Length == 1) found.Add(element);
            else Collect(json, element, steps[1..], found);
        }
    }

    /// <summary>The text of a node, unescaped; empty when it has none.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> json, int node)
    {
        ref readonly var found = ref tape[node];
        var text = json.Slice(found.Start, found.Length);
        switch (found.Kind)
        {
            case JsonKind.Text or JsonKind.Literal:
                return text;
            case JsonKind.EscapedText:
                if (_text.Length < text.Length) _text = new byte[text.Length * 2];
                return _text.AsSpan(0, JsonText.Unescape(text, _text));
            default:
                return default;
        }
    }

    private bool Find(ReadOnlySpan<byte> json, int parent, ReadOnlySpan<FhirStep> steps, Condition? test, out ReadOnlySpan<byte> value)
    {
        value = default;
        var child = tape.Child(parent, steps[0].Name);
        if (child < 0) return false;
        if (tape[child].Kind != JsonKind.Array) return IsWanted(json, child, 0, steps[0]) && Go(json, child, steps, test, out value);
        var end = tape[child].Next;
        var number = 0;
        for (var element = child + 1; element < end; element = tape[element].Next, number++)
            if (IsWanted(json, element, number, steps[0]) && Go(json, element, steps, test, out value)) return true;
        return false;
    }

    /// <summary>Goes on from the node of the first step.</summary>
    private bool Go(ReadOnlySpan<byte> json, int node, ReadOnlySpan<FhirStep> steps, Condition? test, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (steps.Length > 1) return tape[node].Kind == JsonKind.Object && Find(json, node, steps[1..], test, out value);
        if (test is { Kind: ConditionKind.Exists }) return tape[node].Kind != JsonKind.Null;
        value = Text(json, node);
        if (steps[0].IsReference) value = FhirReference.Id(value);
        return !value.IsEmpty && (test is null || test.Names(value));
    }

    private bool IsWanted(ReadOnlySpan<byte> json, int element, int number, FhirStep step)
    {
        if (step.Index >= 0) return step.Index == number;
        return step.Filter is null || (tape[element].Kind == JsonKind.Object && Passes(json, element, step.Filter, step.FilterValue));
    }

    private bool Passes(ReadOnlySpan<byte> json, int parent, ReadOnlySpan<FhirStep> steps, byte[] wanted)
    {
        var child = tape.Child(parent, steps[0].Name);
        if (child < 0) return false;
        var isArray = tape[child].Kind == JsonKind.Array;
        var end = tape[child].Next;
        for (var element = isArray ? child + 1 : child; element < end; element = tape[element].Next)
        {
            var passes = steps.Length == 1 ? Text(json, element).SequenceEqual(wanted)
                : tape[element].Kind == JsonKind.Object && Passes(json, element, steps[1..], wanted);
            if (passes) return true;
        }

        return false;
    }
}

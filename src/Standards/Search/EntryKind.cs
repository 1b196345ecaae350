namespace Yunnao.Standards.Search;

/// <summary>The kinds of registry entries, in the order in which an id is looked up and hits of equal weight are listed.</summary>
public enum EntryKind { DataSet, Item, ValueSet, Element, Mapping, CodeMap, Rule, Measure, Code, Policy }

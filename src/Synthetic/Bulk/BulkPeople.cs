namespace Yunnao.Synthetic.Bulk;

/// <summary>Small lists of words for invented people of benchmark files.</summary>
internal static class BulkPeople
{
    public static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭"];

    public static readonly string[] GivenNames = ["伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超"];

    public static readonly string[] Streets = ["人民中路", "北京路", "东风西路", "环城南路", "滇池路", "青年路", "学府路", "翠湖东路"];
}
